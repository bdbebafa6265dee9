/** What a destination of subscriptions is. */
import type { StreamEvents } from './portion.ts'

export interface Destination {
  /** Tells it, before the first events, that there will be some. */
  announce(): Promise<void>
  /** Resolves when it has all of them. */
  send(messages: readonly StreamEvents[]): Promise<void>
}

/** Why something cannot be delivered; for operators. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable'

  constructor(message: string) {
    super(message)
    // Where it was thrown says nothing to operators, who may read this every minute.
    this.stack = `${this.name}: ${message}`
  }
}
