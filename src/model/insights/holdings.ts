/** How much a command holds in memory, which is bounded. */
import { INSIGHTS_HELD_LENGTH } from '../limits.ts'
import { QueryTooLarge } from './malformed-query.ts'

export class Holdings {
  #length = 0

  /** Characters. Throws `QueryTooLarge`. */
  add(length: number): void {
    this.#length += length
    if (this.#length > INSIGHTS_HELD_LENGTH)
      throw new QueryTooLarge(`The query holds more than ${INSIGHTS_HELD_LENGTH} characters at a time.`)
  }

  remove(length: number): void {
    this.#length -= length
  }
}
