/**
 * DeleteTaskDefinitions: marks INACTIVE revisions DELETE_IN_PROGRESS. They go for good once no task is left that runs from them,
 * which is a controller's business.
 */
import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  Failure,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import { DELETE_TASK_DEFINITIONS } from '../../../model/limits.ts'
import type { Described } from '../../../wire/described.ts'
import { taskDefinitionNamed } from '../access-arns.ts'
import { onEach } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describedTaskDefinition } from '../describe-task-definition.ts'
import { invalidParameter } from '../faults.ts'
import { findTaskDefinition, taskDefinitionArnOf } from '../lookups.ts'
import { missing } from '../missing-member.ts'

const NOT_FOUND =
  'The specified task definition does not exist. Specify a valid account, family, revision and try again.'
const STILL_ACTIVE =
  'The specified task definition is still in an active status. Please deregister the target and try again.'

export const deleteTaskDefinitions: EcsOperation<DeleteTaskDefinitionsRequest, DeleteTaskDefinitionsResponse> = {
  access: ({ taskDefinitions }, context) =>
    onEach(context, taskDefinitions, (name) => taskDefinitionNamed(context, name)),
  handle: ({ taskDefinitions: names = [] }, context) => {
    if (names.length === 0) throw missing('taskDefinitions')
    if (names.length > DELETE_TASK_DEFINITIONS) {
      throw invalidParameter(`taskDefinitions can have at most ${DELETE_TASK_DEFINITIONS} items.`)
    }
    const arns = new Set(names.map((name) => taskDefinitionArnOf(context, name)))
    const taskDefinitions: Described<TaskDefinition>[] = []
    const failures: Failure[] = []
    for (const arn of arns) {
      const outcome = requestDeletion(context, arn)
      if (typeof outcome === 'string') failures.push({ arn, reason: outcome })
      else taskDefinitions.push(outcome)
    }
    return { taskDefinitions, failures }
  },
}

/** The revision as it is then, or why it is not deleted. */
const requestDeletion = (context: EcsContext, arn: string): Described<TaskDefinition> | string => {
  const found = findTaskDefinition(context, arn)
  if (found === undefined) return NOT_FOUND
  if (found.status === 'ACTIVE') return STILL_ACTIVE
  if (found.status === 'DELETE_IN_PROGRESS') return describedTaskDefinition(found)
  const marked = { status: 'DELETE_IN_PROGRESS', deleteRequestedAt: context.now } as const
  return describedTaskDefinition(context.tx.taskDefinitions.update(arn, marked))
}
