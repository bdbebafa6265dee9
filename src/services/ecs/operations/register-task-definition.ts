/** RegisterTaskDefinition: checks a definition and adds it to its family as a new revision. A revision's number is never used again. */
import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from '@aws-sdk/client-ecs'
import { definitionKeys } from '../access-keys.ts'
import { ANY, creating, on } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describedTaskDefinition } from '../describe-task-definition.ts'
import { insertTaskDefinition } from '../insert-task-definition.ts'
import { familyArn } from '../lookups.ts'
import { passTaskRoles } from '../pass-role.ts'

export const registerTaskDefinition: EcsOperation<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse> = {
  access: (input, context) => {
    const demand = on(context.tx, `${familyArn(context, input.family ?? '')}:${ANY}`, definitionKeys(input))
    return [...creating(context, 'RegisterTaskDefinition', input.tags, demand), ...passTaskRoles(context, input)]
  },
  handle: (input, context) => {
    const record = insertTaskDefinition(context, input)
    return { taskDefinition: describedTaskDefinition(record), tags: record.tags }
  },
}
