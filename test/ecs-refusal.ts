/** What RegisterTaskDefinition says to a request that it refuses. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { checkTaskDefinition } from '../src/services/ecs/task-definition-rules/check-task-definition.ts'
import { Fault } from '../src/wire/fault.ts'

/** The message of the `ClientException`; undefined if the definition is valid. */
export const refusal = (task: RegisterTaskDefinitionRequest): string | undefined => {
  try {
    checkTaskDefinition(task)
    return undefined
  } catch (error) {
    if (error instanceof Fault && error.code === 'ClientException') return error.message
    throw error
  }
}
