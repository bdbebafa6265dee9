/** Adds a definition to its family as a new revision, once it is found valid. A revision's number is never used again. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { TASK_DEFINITION_BYTES } from '../../model/limits.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import type { EcsContext } from './context.ts'
import { clientException } from './faults.ts'
import { familyArn } from './lookups.ts'
import { taskDefinitionRecord } from './task-definition-record.ts'
import { checkTaskDefinition } from './task-definition-rules/check-task-definition.ts'

export const insertTaskDefinition = (
  context: EcsContext,
  input: RegisterTaskDefinitionRequest,
): TaskDefinitionRecord => {
  checkTaskDefinition(input)
  checkSize(input)
  const arn = familyArn(context, input.family ?? '')
  const latestRevision = (context.tx.taskDefinitionFamilies.get(arn)?.latestRevision ?? 0) + 1
  context.tx.taskDefinitionFamilies.put({ familyArn: arn, latestRevision })
  return context.tx.taskDefinitions.insert(taskDefinitionRecord(input, latestRevision, context))
}

const checkSize = (input: RegisterTaskDefinitionRequest): void => {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes <= TASK_DEFINITION_BYTES) return
  throw clientException(`Actual length: ${bytes}. Max allowed length is ${TASK_DEFINITION_BYTES} bytes.`)
}
