/** What is wrong with a filter pattern. The operation that was handed the pattern says it in its own fault. */

export class InvalidFilterPattern extends Error {
  override readonly name = 'InvalidFilterPattern'
  /** Of the character in the pattern, from 0, at which it stops making sense. */
  readonly position: number

  constructor(message: string, position: number) {
    super(`${message} (at character ${position + 1} of the filter pattern)`)
    this.position = position
  }
}
