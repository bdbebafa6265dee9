/** Assertions for bugs: a broken invariant stops the work in hand with a message for developers, never for users. */

/** A broken invariant. A request that meets one answers `InternalFailure`; a loop logs it and backs off. */
export class Bug extends Error {
  override readonly name = 'Bug'
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message)
}

/** The value, which must not be undefined. */
export function defined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Bug(`${what} is undefined`)
  return value
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new Bug(`unexpected value: ${JSON.stringify(value)}`)
}
