/** RegisterTaskDefinition: checks a definition and adds it to its family as a new revision. A revision's number is never used again. */
import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from '@aws-sdk/client-ecs'
import { TASK_DEFINITION_BYTES } from '../../../model/limits.ts'
import { definitionKeys } from '../access-keys.ts'
import { ANY, creating, on } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describedTaskDefinition } from '../describe-task-definition.ts'
import { clientException } from '../faults.ts'
import { familyArn } from '../lookups.ts'
import { passTaskRoles } from '../pass-role.ts'
import { taskDefinitionRecord } from '../task-definition-record.ts'
import { checkTaskDefinition } from '../task-definition-rules/check-task-definition.ts'

export const registerTaskDefinition: EcsOperation<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse> = {
  access: (input, context) => {
    const demand = on(context.tx, `${familyArn(context, input.family ?? '')}:${ANY}`, definitionKeys(input))
    return [...creating(context, 'RegisterTaskDefinition', input.tags, demand), ...passTaskRoles(context, input)]
  },
  handle: (input, context) => {
    checkTaskDefinition(input)
    checkSize(input)
    const arn = familyArn(context, input.family ?? '')
    const latestRevision = (context.tx.taskDefinitionFamilies.get(arn)?.latestRevision ?? 0) + 1
    const record = taskDefinitionRecord(input, latestRevision, context)
    context.tx.taskDefinitionFamilies.put({ familyArn: arn, latestRevision })
    context.tx.taskDefinitions.insert(record)
    return { taskDefinition: describedTaskDefinition(record), tags: record.tags }
  },
}

const checkSize = (input: RegisterTaskDefinitionRequest): void => {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes <= TASK_DEFINITION_BYTES) return
  throw clientException(`Actual length: ${bytes}. Max allowed length is ${TASK_DEFINITION_BYTES} bytes.`)
}
