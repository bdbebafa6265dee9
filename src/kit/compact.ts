/** Objects without the members that are undefined: absent members are absent in records and on the wire. */

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** A copy of `object` without its undefined members. */
export const compact = <T extends object>(object: T): Compact<T> => {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object)) if (value !== undefined) copy[name] = value
  return copy as Compact<T>
}
