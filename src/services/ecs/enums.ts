/** Members whose values the API enumerates. The schema knows them only as strings, so operations check them here. */
import { invalidParameter } from './faults.ts'

/** `value` if it is one of `allowed`, an enum object of the SDK; a fault that names the member otherwise. */
export const oneOf = <Value extends string>(
  member: string,
  value: string,
  allowed: Readonly<Record<string, Value>>,
): Value => {
  const values = Object.values(allowed)
  const found = values.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw invalidParameter(
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
