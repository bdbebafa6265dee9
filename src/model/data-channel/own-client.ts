/**
 * What our own client and our own agent have beyond the Session Manager plugin's protocol. The plugin shows every payload that it gets, exit
 * codes too, and has no end of input; so the agent keeps to the plugin's ways unless the client says that it is ours.
 */
import { DataChannelError } from './data-channel-error.ts'

const MARK = 'longshore/'

/** For the handshake, in the place where the plugin has its version. */
export const ownClientVersion = (version: string): string => MARK + version

export const isOwnClient = (clientVersion: string): boolean => clientVersion.startsWith(MARK)

/** Ends the input of a command without a terminal. Otherwise no message of the client's is empty. */
export const END_OF_INPUT = new Uint8Array(0)

const EXIT_CODE_BYTES = 4

/** Of the exit code's message. */
export const encodeExitCode = (exitCode: number): Buffer => {
  const payload = Buffer.alloc(EXIT_CODE_BYTES)
  payload.writeInt32BE(exitCode)
  return payload
}

/** Throws `DataChannelError`. */
export const decodeExitCode = (payload: Uint8Array): number => {
  if (payload.length !== EXIT_CODE_BYTES) throw new DataChannelError('The exit code is no number.')
  return Buffer.from(payload).readInt32BE()
}
