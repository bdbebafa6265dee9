/**
 * One session of ECS Exec, from the control plane's message to its end: the data channel, the handshake, the command in the container, and
 * whatever may end it before the command does. A client that is gone leaves the command alone for a while, and may come back to it.
 */
import type { StartSessionMessage } from '../../agentlink/exec-messages.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { DataChannelError } from '../../model/data-channel/data-channel-error.ts'
import type { ChannelMessage } from '../../model/data-channel/frame.ts'
import { encodeExitCode, isOwnClient } from '../../model/data-channel/own-client.ts'
import { isEncryptedType, PAYLOAD_TYPE } from '../../model/data-channel/payload-types.ts'
import { decodeWindowSize } from '../../model/data-channel/window-size.ts'
import { DATA_CHANNEL_CHUNK_BYTES } from '../../model/exec-limits.ts'
import {
  type ContainerRuntime,
  type ExecOutput,
  type RunningExec,
  RuntimeError,
  type TerminalSize,
} from '../runtime.ts'
import { type Agreed, shakeHands } from './agent-handshake.ts'
import { CommandLineError, splitCommand } from './command-line.ts'
import { delivered } from './last-words.ts'
import type { ChannelAddress, ChannelListener, SessionChannel } from './session-channel.ts'
import { SessionEnd } from './session-end.ts'
import { isTermination, SessionInput } from './session-input.ts'
import type { Transcript } from './transcript.ts'

export interface ExecSessionOptions {
  readonly message: StartSessionMessage
  readonly runtime: Pick<ContainerRuntime, 'exec'>
  readonly clock: Clock
  readonly log: Log
  readonly agentVersion: string
  readonly openChannel: (listener: ChannelListener) => SessionChannel
  readonly transcript: Transcript | undefined
  readonly decryptDataKey: (encryptedKey: Uint8Array) => Promise<Uint8Array>
}

const HANDSHAKE_MS = 15_000
/** The client tells its size when it is ready to; a program that asks early shall know it. */
const FIRST_SIZE_MS = 300
const USUAL_SIZE: TerminalSize = { columns: 80, rows: 24 }
const NOTHING = new Uint8Array(0)
/** What is left of the output of a container that has stopped. */
const CONTAINER_STOPPED_MS = 5000
/** AWS: what the SSM agent gives the programs of its sessions. */
const TERMINAL_ENVIRONMENT = { TERM: 'xterm-256color' }
const DEFAULT_ENVIRONMENT = { LANG: 'C.UTF-8' }
/** AWS: the SSM agent in a container runs as this user, whatever the container's own is. */
const USER = '0'

export class ExecSession implements ChannelListener {
  readonly #options: ExecSessionOptions
  readonly #channel: SessionChannel
  readonly #ending = new AbortController()
  readonly #timers = new Set<Timer>()
  /** What the handshake waits for. */
  #awaited: { readonly payloadType: number; readonly resolve: (message: ChannelMessage) => void } | undefined
  #agreed: Agreed | undefined
  #input: SessionInput | undefined
  #firstSize: ((size: TerminalSize) => void) | undefined
  #gone: Timer | undefined
  #lastActivity: number
  #farewell = ''

  constructor(options: ExecSessionOptions) {
    this.#options = options
    this.#lastActivity = options.clock.monotonic()
    this.#channel = options.openChannel(this)
  }

  get message(): StartSessionMessage {
    return this.#options.message
  }

  /** Resolves when nothing is left of it. */
  async run(): Promise<void> {
    const { message, log } = this.#options
    this.#channel.connect(message)
    // Until a client has come, nobody is there to be missed for longer.
    this.clientGone()
    this.#limitTime()
    let exec: RunningExec | undefined
    try {
      const agreed = await this.#whileOpen(this.#agree())
      exec = await this.#start(await this.#whileOpen(this.#size()))
      log.info('exec session began', this.#fields())
      await this.#whileOpen(this.#converse(exec, agreed))
    } catch (error) {
      this.#farewell = farewellOf(error)
      if (isOfUser(error)) log.info('exec session ended', { ...this.#fields(), reason: this.#farewell })
      else log.error('exec session failed', { ...this.#fields(), error })
    } finally {
      await this.#finish(exec)
    }
  }

  /** The control plane has another address for the data channel. */
  resume(address: ChannelAddress): void {
    this.#channel.connect(address)
  }

  /** Ends it, with a sentence for its user. */
  end(sentence: string): void {
    this.#ending.abort(new SessionEnd(sentence))
  }

  /** Its program has ended with the container. What it said last may still be on its way. */
  containerStopped(): void {
    this.#farewell = 'The container has stopped.'
    this.#after(CONTAINER_STOPPED_MS, () => this.end(this.#farewell))
  }

  // What comes over the channel.

  received(message: ChannelMessage): boolean {
    try {
      return this.#take(message)
    } catch (error) {
      if (!(error instanceof DataChannelError)) throw error
      // Nothing after it would be understood.
      this.end(error.message)
      return true
    }
  }

  clientCame(): void {
    this.#gone?.cancel()
    if (this.#agreed === undefined) this.#after(HANDSHAKE_MS, () => this.#handshakeIsLate())
  }

  clientGone(): void {
    const { message, clock } = this.#options
    this.#gone?.cancel()
    this.#gone = clock.setTimer(message.resumeSeconds * 1000, () => this.end('The client did not come back.'))
  }

  closed(): void {
    this.end('The session was terminated.')
  }

  #take(message: ChannelMessage): boolean {
    const { payloadType } = message
    if (isTermination(message)) {
      this.closed()
      return true
    }
    if (this.#awaited?.payloadType === payloadType) {
      this.#awaited.resolve(message)
      this.#awaited = undefined
      return true
    }
    if (payloadType === PAYLOAD_TYPE.size && this.#firstSize !== undefined) {
      this.#firstSize(decodeWindowSize(message.payload))
      this.#firstSize = undefined
      return true
    }
    if (payloadType === PAYLOAD_TYPE.output) this.#lastActivity = this.#options.clock.monotonic()
    return this.#input?.take(message) ?? false
  }

  // The session itself.

  async #agree(): Promise<Agreed> {
    const { message, agentVersion, clock, decryptDataKey } = this.#options
    this.#agreed = await shakeHands({
      agentVersion,
      sessionType: message.sessionType,
      kmsKeyId: message.kmsKeyId,
      send: (payloadType, payload) => this.#channel.send(payloadType, payload),
      next: (payloadType) => new Promise((resolve) => (this.#awaited = { payloadType, resolve })),
      decryptDataKey,
      now: () => clock.monotonic(),
    })
    return this.#agreed
  }

  #handshakeIsLate(): void {
    if (this.#agreed === undefined) this.end('The client did not answer the handshake in time.')
  }

  get #hasTerminal(): boolean {
    return this.#options.message.sessionType === 'InteractiveCommands'
  }

  /** Of the client's window, if it tells it soon. */
  #size(): Promise<TerminalSize | undefined> {
    if (!this.#hasTerminal) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#firstSize = resolve
      this.#after(FIRST_SIZE_MS, () => {
        this.#firstSize = undefined
        resolve(USUAL_SIZE)
      })
      this.#channel.drain()
    })
  }

  async #start(terminal: TerminalSize | undefined): Promise<RunningExec> {
    const { runtime, message } = this.#options
    try {
      return await runtime.exec(message.runtimeId, {
        command: splitCommand(message.command),
        user: USER,
        defaultEnvironment: DEFAULT_ENVIRONMENT,
        ...(terminal !== undefined && { terminal, environment: TERMINAL_ENVIRONMENT }),
      })
    } catch (error) {
      if (error instanceof CommandLineError) throw new SessionEnd(error.message)
      if (error instanceof RuntimeError) throw new SessionEnd(`The command cannot be started: ${error.message}`)
      throw error
    }
  }

  async #converse(exec: RunningExec, agreed: Agreed): Promise<void> {
    const { log } = this.#options
    const onRoom = (): void => this.#channel.drain()
    this.#input = new SessionInput({ exec, agreed, hasTerminal: this.#hasTerminal, log, onRoom })
    this.#channel.drain()
    this.#watchIdleness()
    for await (const output of exec.output) await this.#sendOutput(output, agreed)
    const exitCode = await exec.exitCode()
    if (exitCode !== undefined && isOwnClient(agreed.clientVersion))
      await this.#send(PAYLOAD_TYPE.exitCode, encodeExitCode(exitCode), agreed)
    log.info('exec session ended', { ...this.#fields(), exitCode })
  }

  async #sendOutput({ stream, data }: ExecOutput, agreed: Agreed): Promise<void> {
    this.#lastActivity = this.#options.clock.monotonic()
    this.#options.transcript?.add(data)
    const payloadType = stream === 'stderr' ? PAYLOAD_TYPE.standardError : PAYLOAD_TYPE.output
    for (let at = 0; at < data.length; at += DATA_CHANNEL_CHUNK_BYTES)
      await this.#send(payloadType, data.subarray(at, at + DATA_CHANNEL_CHUNK_BYTES), agreed)
  }

  #send(payloadType: number, payload: Uint8Array, { cipher }: Agreed): Promise<void> {
    const isPlain = cipher === undefined || !isEncryptedType(payloadType)
    return this.#channel.send(payloadType, isPlain ? payload : cipher.encrypt(payload))
  }

  async #finish(exec: RunningExec | undefined): Promise<void> {
    const { log, transcript } = this.#options
    const killed = exec?.kill().catch((error: unknown) => {
      log.warn('the command of an exec session may run on', { ...this.#fields(), error })
    })
    await this.#delivered()
    this.#gone?.cancel()
    for (const timer of this.#timers) timer.cancel()
    this.#channel.close(this.#farewell)
    await Promise.all([killed, transcript?.close()])
  }

  async #delivered(): Promise<void> {
    const { clock } = this.#options
    const probe = async (): Promise<void> => {
      if (this.#agreed !== undefined) await this.#send(PAYLOAD_TYPE.output, NOTHING, this.#agreed)
    }
    await delivered({ channel: this.#channel, clock, signal: this.#ending.signal, probe })
  }

  // Its ends in time.

  #limitTime(): void {
    const { maximumSeconds } = this.#options.message
    if (maximumSeconds === undefined) return
    this.#after(maximumSeconds * 1000, () => this.end('The session has reached its maximum duration.'))
  }

  #watchIdleness(): void {
    const { clock, message } = this.#options
    const idleMs = clock.monotonic() - this.#lastActivity
    const leftMs = message.idleTimeoutSeconds * 1000 - idleMs
    if (leftMs <= 0) this.end('The session timed out due to inactivity.')
    else this.#after(leftMs, () => this.#watchIdleness())
  }

  #after(delayMs: number, then: () => void): void {
    const timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timers.delete(timer)
      then()
    })
    this.#timers.add(timer)
  }

  /** Rejects with `SessionEnd` as soon as the session is ended. */
  #whileOpen<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#ending
    return new Promise((resolve, reject) => {
      const onEnd = (): void => reject(signal.reason as Error)
      if (signal.aborted) onEnd()
      signal.addEventListener('abort', onEnd, { once: true })
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onEnd))
    })
  }

  #fields() {
    const { sessionId, taskArn, containerName, sessionOwner } = this.#options.message
    return { sessionId, taskArn, containerName, sessionOwner }
  }
}

/** Whether there is nothing to look into: it was ended, or its client does not follow the protocol. */
const isOfUser = (error: unknown): error is Error => error instanceof SessionEnd || error instanceof DataChannelError

const farewellOf = (error: unknown): string =>
  isOfUser(error) ? error.message : 'The session has failed; the log of the agent says why.'
