/** What came over a data channel that does not follow its protocol, or what may not be sent over it. */
export class DataChannelError extends Error {
  override readonly name = 'DataChannelError'
}
