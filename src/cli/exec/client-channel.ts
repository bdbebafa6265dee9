/**
 * The client's end of a session's data channel: the handshake, what the command writes and how it ends, and connections that are lost and come
 * back. It does for `longshore exec` what the Session Manager plugin does for the AWS CLI, and, with an agent of ours, tells exit codes too.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { decodeChannelClosed } from '../../model/data-channel/channel-closed.ts'
import { ChannelEnd } from '../../model/data-channel/channel-end.ts'
import { DataChannelError } from '../../model/data-channel/data-channel-error.ts'
import type { ChannelMessage } from '../../model/data-channel/frame.ts'
import { decodeHandshakeComplete, encodeHandshakeResponse } from '../../model/data-channel/handshake.ts'
import { encodeOpening } from '../../model/data-channel/opening.ts'
import { decodeExitCode, END_OF_INPUT, ownClientVersion } from '../../model/data-channel/own-client.ts'
import { isEncryptedType, PAYLOAD_FLAG, PAYLOAD_TYPE } from '../../model/data-channel/payload-types.ts'
import type { SessionCipher } from '../../model/data-channel/session-cipher.ts'
import { encodeWindowSize, type WindowSize } from '../../model/data-channel/window-size.ts'
import { DATA_CHANNEL_CHUNK_BYTES } from '../../model/exec-limits.ts'
import { answerChallenge, answerHandshake, type DataKeySource } from './client-handshake.ts'
import { type ChannelSocket, openChannelSocket } from './channel-socket.ts'

export interface SessionAddress {
  readonly streamUrl: string
  /** Good once. */
  readonly tokenValue: string
}

export interface ClientChannelOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly version: string
  readonly address: SessionAddress
  /** Another address after the connection was lost; undefined if the session is over. */
  readonly resume: () => Promise<SessionAddress | undefined>
  readonly dataKey: DataKeySource
  readonly output: CommandOutput
}

export interface CommandOutput {
  /** False if no more can be taken before `ClientChannel.drain`. */
  write(stream: 'stdout' | 'stderr', data: Uint8Array): boolean
  /** The command runs, and takes input. */
  ready(): void
  /** A message for the user that is not of the command. */
  say(text: string): void
}

export interface SessionOutcome {
  /** Absent if the session ended before the command, or its agent tells no exit codes. */
  readonly exitCode?: number
  /** A sentence, empty if there is nothing to say. */
  readonly farewell: string
}

/** A control plane that is started anew is back within seconds. */
const RESUME_ATTEMPTS = 12
const RESUME_FIRST_MS = 150
const RESUME_LONGEST_MS = 5000

export class ClientChannel {
  readonly #options: ClientChannelOptions
  readonly #end: ChannelEnd
  readonly #waiting: (() => void)[] = []
  readonly #finished: (outcome: SessionOutcome) => void
  /** Resolves when the session is over. */
  readonly outcome: Promise<SessionOutcome>
  #socket: ChannelSocket | undefined
  #cipher: SessionCipher | undefined
  #exitCode: number | undefined
  /** Something that came could not be written yet. */
  #isBlocked = false
  /** Of an end that comes when everything is written. */
  #lastWord: string | undefined
  #isOver = false

  constructor(options: ClientChannelOptions) {
    const { promise, resolve } = Promise.withResolvers<SessionOutcome>()
    this.#options = options
    this.outcome = promise
    this.#finished = resolve
    this.#end = new ChannelEnd({
      clock: options.clock,
      ids: options.ids,
      side: 'client',
      transmit: (frame) => this.#socket?.send(frame),
      listener: {
        received: (message) => this.#received(message),
        told: (message) => this.#told(message),
        acknowledged: () => this.#wake(),
        gaveUp: () => this.finish('The container does not answer.'),
      },
    })
    this.#connect(options.address)
  }

  /** Resolves when there is room for more. */
  async write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; at += DATA_CHANNEL_CHUNK_BYTES)
      await this.#send(PAYLOAD_TYPE.output, data.subarray(at, at + DATA_CHANNEL_CHUNK_BYTES))
  }

  endInput(): Promise<void> {
    return this.#send(PAYLOAD_TYPE.output, END_OF_INPUT)
  }

  resize(size: WindowSize): Promise<void> {
    return this.#send(PAYLOAD_TYPE.size, encodeWindowSize(size))
  }

  /** Ends the command. */
  terminate(): Promise<void> {
    const flag = Buffer.alloc(4)
    flag.writeUInt32BE(PAYLOAD_FLAG.terminateSession)
    return this.#send(PAYLOAD_TYPE.flag, flag)
  }

  /** What could not be written can be, now. */
  drain(): void {
    this.#isBlocked = false
    this.#end.drain()
    if (!this.#isBlocked && this.#lastWord !== undefined) this.finish(this.#lastWord)
  }

  /** The end, whoever says so. */
  finish(farewell: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#end.stop()
    this.#socket?.close()
    this.#finished({ farewell, ...(this.#exitCode !== undefined && { exitCode: this.#exitCode }) })
  }

  async #send(payloadType: number, payload: Uint8Array): Promise<void> {
    while (this.#end.isFull) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.#isOver) return
    const cipher = isEncryptedType(payloadType) ? this.#cipher : undefined
    this.#end.send(payloadType, cipher?.encrypt(payload) ?? payload)
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  #connect({ streamUrl, tokenValue }: SessionAddress): void {
    const { ids, version } = this.#options
    const socket = openChannelSocket(streamUrl, {
      opened: () => {
        const clientVersion = ownClientVersion(version)
        socket.send(encodeOpening({ requestId: ids.uuid(), tokenValue, clientId: ids.uuid(), clientVersion }))
        this.#end.resume()
      },
      frame: (frame) => this.#take(frame),
      ended: (reason) => void this.#lost(socket, reason),
    })
    this.#socket = socket
  }

  async #lost(socket: ChannelSocket, reason: string): Promise<void> {
    if (this.#isOver || this.#socket !== socket) return
    this.#socket = undefined
    // It was told that the session is over, and only writes what is left.
    if (this.#lastWord !== undefined) return
    this.#end.pause()
    for (let attempt = 0; attempt < RESUME_ATTEMPTS; attempt++) {
      await this.#options.clock.sleep(Math.min(RESUME_FIRST_MS * 2 ** attempt, RESUME_LONGEST_MS))
      if (this.#isOver) return
      const found = await this.#options.resume().catch(() => 'unreachable' as const)
      if (found === undefined) return this.finish(`The session is over${reason === '' ? '' : `: ${reason}`}.`)
      if (found !== 'unreachable') return this.#connect(found)
    }
    this.finish('The connection to the session is lost.')
  }

  #take(frame: Uint8Array): void {
    try {
      this.#end.take(frame)
    } catch (error) {
      if (!(error instanceof DataChannelError)) throw error
      this.finish(`The session broke off: ${error.message}`)
    }
  }

  #told(message: ChannelMessage): void {
    if (message.messageType !== 'channel_closed') return
    const { output } = decodeChannelClosed(message)
    if (this.#isBlocked) this.#lastWord = output
    else this.finish(output)
  }

  #received({ payloadType, payload }: ChannelMessage): boolean {
    switch (payloadType) {
      case PAYLOAD_TYPE.output:
        return this.#written('stdout', payload)
      case PAYLOAD_TYPE.standardError:
        return this.#written('stderr', payload)
      case PAYLOAD_TYPE.exitCode:
        this.#exitCode = decodeExitCode(this.#plain(payload))
        return true
      case PAYLOAD_TYPE.handshakeRequest:
        void this.#answer(payload)
        return true
      case PAYLOAD_TYPE.encryptionChallengeRequest:
        void this.#send(PAYLOAD_TYPE.encryptionChallengeResponse, answerChallenge(payload, this.#cipher))
        return true
      case PAYLOAD_TYPE.handshakeComplete:
        this.#begin(decodeHandshakeComplete(payload).customerMessage)
        return true
      default:
        return true
    }
  }

  #written(stream: 'stdout' | 'stderr', payload: Uint8Array): boolean {
    this.#isBlocked = !this.#options.output.write(stream, this.#plain(payload))
    return !this.#isBlocked
  }

  #plain(payload: Uint8Array): Uint8Array {
    return this.#cipher === undefined ? payload : this.#cipher.decrypt(payload)
  }

  async #answer(payload: Uint8Array): Promise<void> {
    try {
      const { cipher, actions } = await answerHandshake(payload, this.#options.dataKey)
      this.#cipher = cipher
      const clientVersion = ownClientVersion(this.#options.version)
      await this.#send(PAYLOAD_TYPE.handshakeResponse, encodeHandshakeResponse({ clientVersion, actions }))
    } catch (error) {
      this.finish(`The session cannot begin: ${(error as Error).message}`)
    }
  }

  #begin(customerMessage: string): void {
    if (customerMessage !== '') this.#options.output.say(customerMessage)
    this.#options.output.ready()
  }
}
