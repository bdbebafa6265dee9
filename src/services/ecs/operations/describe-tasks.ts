/** DescribeTasks: what is asked for and known; the rest is a failure each. Stopped tasks are known for an hour. */
import type { DescribeTasksRequest, DescribeTasksResponse, Failure, Task } from '@aws-sdk/client-ecs'
import { DESCRIBE_ITEMS } from '../../../model/limits.ts'
import type { Described } from '../../../wire/described.ts'
import { onTasks } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describedTask } from '../describe-task.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { arnOfTask, taskFinder } from '../find-task.ts'
import { requireCluster } from '../lookups.ts'
import { missing } from '../missing-member.ts'

export const describeTasks: EcsOperation<DescribeTasksRequest, DescribeTasksResponse> = {
  access: onTasks,
  handle: ({ cluster: clusterName, tasks: identifiers = [], include }, context) => {
    const cluster = requireCluster(context, clusterName)
    if (identifiers.length === 0) throw missing('tasks')
    if (identifiers.length > DESCRIBE_ITEMS) throw invalidParameter(`Tasks can have at most ${DESCRIBE_ITEMS} items.`)
    const withTags = eachOneOf('include', include, ecsEnums.TaskField).has('TAGS')
    const find = taskFinder(context, cluster)
    const tasks: Described<Task>[] = []
    const failures: Failure[] = []
    for (const identifier of identifiers) {
      const task = find(identifier)
      if (task === undefined) failures.push({ arn: arnOfTask(cluster, identifier), reason: 'MISSING' })
      else tasks.push(describedTask(context.tx, task, withTags))
    }
    return { tasks, failures }
  },
}
