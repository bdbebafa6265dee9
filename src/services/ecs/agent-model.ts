/**
 * The ECS model as agents have it: the published one, and the members that only agents send. Without them the wire would take them
 * for unknown and leave them out.
 */
import * as model from '@aws-sdk/client-ecs'

/** `clientToken`: the same for all tries of one start of an agent. */
export type AgentRegisterContainerInstanceRequest = model.RegisterContainerInstanceRequest & {
  readonly clientToken?: string | undefined
}

/** A structure's schema: tag, namespace, name, traits, names and schemas of its members. */
type StructureSchema = readonly [3, string, string, unknown, readonly string[], readonly unknown[], ...unknown[]]

const STRING_SCHEMA = 0

const withText = (structure: StructureSchema, member: string): StructureSchema => {
  const [tag, namespace, name, traits, members, schemas, ...rest] = structure
  return [tag, namespace, name, traits, [...members, member], [...schemas, STRING_SCHEMA], ...rest]
}

const registerContainerInstanceRequest = withText(
  model.RegisterContainerInstanceRequest$ as unknown as StructureSchema,
  'clientToken',
)

const [tag, namespace, name, traits, , output] = model.RegisterContainerInstance$

export const ecsModel: Readonly<Record<string, unknown>> = {
  ...model,
  RegisterContainerInstance$: [tag, namespace, name, traits, () => registerContainerInstanceRequest, output],
}
