/** What a rule of RegisterTaskDefinition is: it looks at what the request says and throws ECS's `ClientException`, or does nothing. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { oneOf } from '../enums.ts'
import { clientException } from '../faults.ts'

export type TaskRule = (task: RegisterTaskDefinitionRequest) => void
export type ContainerRule = (container: ContainerDefinition, task: RegisterTaskDefinitionRequest) => void

/** Throws unless `holds`. */
export function ensure(holds: boolean, message: string): asserts holds {
  if (!holds) throw clientException(message)
}

/** Throws unless `value` is absent or a whole number from `min` to `max`. */
export const requireRange = (what: string, value: number | undefined, min: number, max: number): void => {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return
  throw clientException(`${what} must be between ${min} and ${max}.`)
}

/** Throws unless `value` is absent or one of an SDK enum's values. */
export const requireOneOf = (
  member: string,
  value: string | undefined,
  allowed: Readonly<Record<string, string>>,
): void => {
  if (value !== undefined) oneOf(member, value, allowed, clientException)
}

/** Throws if two of the values are equal, naming the first that is there twice. */
export const requireDistinct = (what: string, values: readonly (string | undefined)[]): void => {
  const twice = values.find((value, index) => values.indexOf(value) !== index)
  if (twice !== undefined) throw clientException(`${what} '${twice}' is specified more than once.`)
}

/** The network mode that a definition has if it names none. */
export const networkModeOf = (task: RegisterTaskDefinitionRequest): string => task.networkMode ?? 'bridge'

export const requiresFargate = (task: RegisterTaskDefinitionRequest): boolean =>
  task.requiresCompatibilities?.includes('FARGATE') ?? false
