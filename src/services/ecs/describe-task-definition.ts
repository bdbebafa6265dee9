/** From a task definition's record to the SDK's shape. A record changes only by being replaced, so its encoding can be kept. */
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { dateOf } from '../../kit/timestamps.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import { Described } from '../../wire/described.ts'

export const describedTaskDefinition = (record: TaskDefinitionRecord): Described<TaskDefinition> =>
  new Described(record, 'TaskDefinition', () => describeTaskDefinition(record))

/** Tags are not part of it: answers carry them beside it. */
const describeTaskDefinition = (record: TaskDefinitionRecord): TaskDefinition => {
  const { tags: _tags, registeredAt, deregisteredAt, deleteRequestedAt, ...members } = record
  return {
    ...(members as TaskDefinition),
    registeredAt: dateOf(registeredAt),
    ...(deregisteredAt !== undefined && { deregisteredAt: dateOf(deregisteredAt) }),
    ...(deleteRequestedAt !== undefined && { deleteRequestedAt: dateOf(deleteRequestedAt) }),
  }
}
