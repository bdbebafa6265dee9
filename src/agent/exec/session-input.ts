/** What the client types, on its way to the program: as fast as the program takes it, and in order. */
import type { Log } from '../../kit/log.ts'
import { DataChannelError } from '../../model/data-channel/data-channel-error.ts'
import { isOwnClient } from '../../model/data-channel/own-client.ts'
import { isEncryptedType, PAYLOAD_FLAG, PAYLOAD_TYPE } from '../../model/data-channel/payload-types.ts'
import type { ChannelMessage } from '../../model/data-channel/frame.ts'
import { decodeWindowSize } from '../../model/data-channel/window-size.ts'
import type { RunningExec } from '../runtime.ts'
import type { Agreed } from './agent-handshake.ts'

export interface SessionInputOptions {
  readonly exec: RunningExec
  readonly agreed: Agreed
  readonly hasTerminal: boolean
  readonly log: Log
  /** There is room again for what could not be taken. */
  readonly onRoom: () => void
}

export class SessionInput {
  readonly #options: SessionInputOptions
  #isBusy = false

  constructor(options: SessionInputOptions) {
    this.#options = options
  }

  /** False while the program does not take what it was given before. */
  take(message: ChannelMessage): boolean {
    if (this.#isBusy) return false
    const { payloadType } = message
    if (payloadType === PAYLOAD_TYPE.output) this.#write(this.#plain(message))
    else if (payloadType === PAYLOAD_TYPE.size) this.#resize(message)
    return true
  }

  #plain({ payload, payloadType }: ChannelMessage): Uint8Array {
    const { cipher } = this.#options.agreed
    return cipher === undefined || !isEncryptedType(payloadType) ? payload : cipher.decrypt(payload)
  }

  #write(data: Uint8Array): void {
    const { exec, agreed, hasTerminal, onRoom } = this.#options
    if (data.length === 0) {
      if (isOwnClient(agreed.clientVersion) && !hasTerminal) exec.endInput()
      return
    }
    this.#isBusy = true
    void exec.write(data).then(() => {
      this.#isBusy = false
      onRoom()
    })
  }

  #resize({ payload }: ChannelMessage): void {
    if (!this.#options.hasTerminal) return
    void this.#options.exec.resize(decodeWindowSize(payload)).catch((error: unknown) => {
      // The program may have ended in between.
      this.#options.log.debug('the size of a terminal was not changed', { error })
    })
  }
}

/** Whether it is the client's wish to end the session. */
export const isTermination = ({ payloadType, payload }: ChannelMessage): boolean => {
  if (payloadType !== PAYLOAD_TYPE.flag) return false
  if (payload.length !== FLAG_BYTES) throw new DataChannelError('The flag is no number.')
  return Buffer.from(payload).readUInt32BE() === PAYLOAD_FLAG.terminateSession
}

const FLAG_BYTES = 4
