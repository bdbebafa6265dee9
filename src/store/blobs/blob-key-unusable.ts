/** The KMS key of a space of blobs cannot be used now: nothing of them can be read, and nothing be added. Nothing of them is lost. */
export class BlobKeyUnusable extends Error {
  override readonly name = 'BlobKeyUnusable'
  /** What KMS calls it, e.g. `DisabledException`. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
