/** What a client of an upload did wrong. */

/** The client's mistake, which changes nothing. */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  readonly kind: 'unknown' | 'out-of-order' | 'too-large' | 'wrong-digest'

  constructor(kind: UploadError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

export const unknownUpload = (): UploadError => new UploadError('unknown', 'There is no such upload.')
