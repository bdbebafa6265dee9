/** What the payload of a stream message is, by the numbers that the Session Manager plugin and the SSM agent have for it. */

export const PAYLOAD_TYPE = {
  output: 1,
  error: 2,
  size: 3,
  parameter: 4,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encryptionChallengeRequest: 8,
  encryptionChallengeResponse: 9,
  flag: 10,
  standardError: 11,
  exitCode: 12,
} as const

/** What is encrypted from end to end in a session with a KMS key; everything else is not. */
const ENCRYPTED: ReadonlySet<number> = new Set([PAYLOAD_TYPE.output, PAYLOAD_TYPE.standardError, PAYLOAD_TYPE.exitCode])

export const isEncryptedType = (payloadType: number): boolean => ENCRYPTED.has(payloadType)

/** The payload of a `flag`: a 32-bit number. */
export const PAYLOAD_FLAG = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3 } as const
