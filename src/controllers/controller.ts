/** A controller keeps one thing true. `loop.ts` runs them all. */

export interface Controller {
  readonly name: string
  /** Keys to look at now because of a durable change-set; a hint only. */
  readonly watch: (wake: (key: string) => void) => () => void
  /** Keys to look at every period, whether or not anything changed: the guarantee. */
  readonly keys: () => Iterable<string>
  readonly everyMs: number
  /** Reads everything afresh, makes the thing true, and may ask to be called again. Idempotent. */
  readonly reconcile: (key: string) => Promise<{ readonly againInMs: number } | void>
}
