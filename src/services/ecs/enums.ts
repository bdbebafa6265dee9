/** Members whose values the API enumerates. The schema knows them only as strings, so operations check them here. */
import type { Fault } from '../../wire/fault.ts'
import { sdkEnums } from '../../wire/sdk-model.ts'
import { invalidParameter } from './faults.ts'

/** The enumerations of the API, by name. */
export const ecsEnums = sdkEnums<typeof import('@aws-sdk/client-ecs')>('@aws-sdk/client-ecs')

/** `value` if it is one of `allowed`, an enumeration; otherwise a fault, of the kind `refusal`, that names the member. */
export const oneOf = <Value extends string>(
  member: string,
  value: string,
  allowed: Readonly<Record<string, Value>>,
  refusal: (message: string) => Fault = invalidParameter,
): Value => {
  const values = Object.values(allowed)
  const found = values.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw refusal(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${values.join(', ')}]`,
  )
}

/** Like `oneOf`, for a list without a value twice. */
export const eachOneOf = <Value extends string>(
  member: string,
  values: readonly string[] | undefined,
  allowed: Readonly<Record<string, Value>>,
): ReadonlySet<Value> => new Set((values ?? []).map((value) => oneOf(member, value, allowed)))
