/** What is wrong with a query, and where; the operation that was handed it says so in its own fault. */

export class MalformedQuery extends Error {
  override readonly name = 'MalformedQuery'
  /** As in `QueryCompileError`: offsets of characters, the second behind the last. */
  readonly location: { readonly startCharOffset: number; readonly endCharOffset: number }

  constructor(message: string, startCharOffset: number, endCharOffset: number) {
    super(message)
    this.location = { startCharOffset, endCharOffset }
  }
}

/** A query that would need more memory than one may have. */
export class QueryTooLarge extends Error {
  override readonly name = 'QueryTooLarge'
}
