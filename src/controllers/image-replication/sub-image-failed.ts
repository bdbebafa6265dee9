/** An image of an index did not come to the destination, and so the index did not. */
export class SubImageFailed extends Error {
  override readonly name = 'SubImageFailed'
}
