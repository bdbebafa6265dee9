/** The one error of the cluster query language: what is wrong with an expression, and where. */

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  /** Index of the character at which reading stopped, from 0. */
  readonly position: number

  constructor(problem: string, position: number) {
    super(`Invalid expression: ${problem} at position ${position}.`)
    this.position = position
  }
}
