/**
 * The ECS model as agents have it: the published one, and the members that only agents send. Without them the wire would take them
 * for unknown and leave them out.
 */
import type { RegisterContainerInstanceRequest } from '@aws-sdk/client-ecs'
import { sdkModel } from '../../wire/sdk-model.ts'

/** `clientToken`: the same for all tries of one start of an agent. */
export type AgentRegisterContainerInstanceRequest = RegisterContainerInstanceRequest & {
  readonly clientToken?: string | undefined
}

/** A structure's schema: tag, namespace, name, traits, names and schemas of its members. */
type StructureSchema = readonly [3, string, string, unknown, readonly string[], readonly unknown[], ...unknown[]]

const STRING_SCHEMA = 0

const withText = (structure: StructureSchema, member: string): StructureSchema => {
  const [tag, namespace, name, traits, members, schemas, ...rest] = structure
  return [tag, namespace, name, traits, [...members, member], [...schemas, STRING_SCHEMA], ...rest]
}

export const ecsModel = (): Readonly<Record<string, unknown>> => {
  const published = sdkModel('@aws-sdk/client-ecs')
  const request = withText(published['RegisterContainerInstanceRequest$'] as StructureSchema, 'clientToken')
  const [tag, namespace, name, traits, , output] = published['RegisterContainerInstance$'] as readonly unknown[]
  return { ...published, RegisterContainerInstance$: [tag, namespace, name, traits, () => request, output] }
}
