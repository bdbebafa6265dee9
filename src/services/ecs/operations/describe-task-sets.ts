/** DescribeTaskSets: the task sets of one service, all of them unless some are named; what is not found is a failure. */
import type { DescribeTaskSetsRequest, DescribeTaskSetsResponse } from '@aws-sdk/client-ecs'
import { DESCRIBE_ITEMS } from '../../../model/limits.ts'
import { onTaskSets } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeTaskSet } from '../describe-task-set.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { findByArns } from '../service-deployment-lookups.ts'
import { getTaskSet, requireTaskSetService, taskSetArnIn } from '../task-sets.ts'

export const describeTaskSets: EcsOperation<DescribeTaskSetsRequest, DescribeTaskSetsResponse> = {
  access: onTaskSets,
  handle: (input, context) => {
    const service = requireTaskSetService(context, input)
    const withTags = eachOneOf('include', input.include, ecsEnums.TaskSetField).has('TAGS')
    const named = input.taskSets ?? []
    if (named.length > DESCRIBE_ITEMS) throw invalidParameter(`taskSets can have at most ${DESCRIBE_ITEMS} items.`)
    const { found, failures } =
      named.length === 0
        ? { found: context.tx.taskSets.find('byService', service.serviceArn), failures: [] }
        : findByArns(
            named.map((identifier) => taskSetArnIn(service, identifier)),
            (arn) => getTaskSet(context, service, arn),
          )
    return { taskSets: found.map((taskSet) => describeTaskSet(context.tx, service, taskSet, withTags)), failures }
  },
}
