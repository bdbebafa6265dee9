/** A session ends for another reason than that its command did. The message is a sentence for its user. */
export class SessionEnd extends Error {
  override readonly name = 'SessionEnd'
}
