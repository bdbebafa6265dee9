/**
 * The limits that AWS's models state for members, and the sentence for what breaks one. Values are never repeated to the caller: they
 * may be secret.
 */
import { Fault } from '../wire/fault.ts'

export interface Constraint {
  /** Of a text's characters, a blob's bytes, a list's items, or a number itself. */
  readonly min?: number
  readonly max?: number
  readonly oneOf?: readonly string[]
  readonly pattern?: RegExp
}

/** Throws with everything that is wrong with the members that have a constraint. Absent ones are right. */
export const checkConstraints = <Input extends object>(
  input: Input,
  constraints: { readonly [Name in keyof Input]?: Constraint },
  refuse: (message: string) => Fault = validation,
): void => {
  const given = (Object.entries(constraints) as [string, Constraint][]).flatMap(([name, constraint]) =>
    violations(name.charAt(0).toLowerCase() + name.slice(1), constraint, input[name as keyof Input]),
  )
  if (given.length === 0) return
  throw refuse(`${given.length} validation error${given.length === 1 ? '' : 's'} detected: ${given.join('; ')}`)
}

export const validation = (message: string): Fault => new Fault({ code: 'ValidationException', message })

const violations = (member: string, constraint: Constraint, value: unknown): string[] => {
  if (value === undefined) return []
  const { min = 0, max = Number.MAX_SAFE_INTEGER, oneOf, pattern } = constraint
  const isNumber = typeof value === 'number'
  const measured = isNumber ? value : (value as string | Uint8Array | readonly unknown[]).length
  const what = isNumber ? 'value' : 'length'
  return [
    ...(measured < min ? [`have ${what} greater than or equal to ${min}`] : []),
    ...(measured > max ? [`have ${what} less than or equal to ${max}`] : []),
    ...(oneOf?.includes(value as string) === false ? [`satisfy enum value set: [${oneOf.join(', ')}]`] : []),
    ...(pattern?.test(value as string) === false
      ? [`satisfy regular expression pattern: ${pattern.source.replace(/^\^|\$$/g, '')}`]
      : []),
  ].map((wanted) => `Value at '${member}' failed to satisfy constraint: Member must ${wanted}`)
}
