/**
 * The Session Manager plugin's side of a data channel, written from the description of its protocol alone: raw frames over the plain websocket
 * library, its acknowledgements, its silence on duplicates, its retransmission every tenth of a second, its ResumeSession when the connection
 * is lost. What it can do with a control plane, the plugin can. Frames can be dropped, doubled and put out of order on their way.
 */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { SystemClock, type Timer } from '../../src/kit/clock.ts'
import { decode, encode, type Frame } from './session-manager-frames.ts'

export interface SessionManagerClientOptions {
  /** As ExecuteCommand answers it. */
  readonly session: {
    readonly sessionId?: string | undefined
    readonly streamUrl?: string | undefined
    readonly tokenValue?: string | undefined
  }
  /** ResumeSession of the endpoint that the plugin is given: the token, or nothing if the session is over. */
  readonly resume?: () => Promise<string | undefined>
  /** What becomes of a binary frame on its way: nothing, itself, itself twice, one that was kept before. */
  readonly faults?: (direction: 'sent' | 'received', frame: Buffer) => readonly Buffer[]
  /** GenerateDataKey of KMS, with the session's encryption context. */
  readonly dataKey?: (keyId: string) => Promise<{ readonly plain: Uint8Array; readonly encrypted: Uint8Array }>
  readonly headers?: Readonly<Record<string, string>>
}

interface Sent {
  readonly sequenceNumber: number
  readonly bytes: Buffer
  readonly sentAt: number
}

const CLIENT_VERSION = '1.2.707.0'
const RESEND_EVERY_MS = 100
const SIZE_EVERY_MS = 500
const CHUNK_BYTES = 1024
const BUFFERED_MESSAGES = 10_000
const RESUME_ATTEMPTS = 5

export class SessionManagerClient {
  /** Everything that the session wrote to standard output. */
  output = Buffer.alloc(0)
  /** What the plugin prints of the session's end; undefined until then. */
  farewell: string | undefined
  /** Types of sessions that it was asked for. */
  readonly sessionTypes: string[] = []
  /** Messages that were shown to the user at the beginning. */
  readonly customerMessages: string[] = []
  agentVersion = ''
  /** Frames that came and made no sense. */
  badFrames = 0
  /** Connections that it made. */
  connections = 0
  /** The close code of the last connection that was lost. */
  closeCode: number | undefined
  /** Of the terminal; none gives 300 by 100. */
  size = { cols: 300, rows: 100 }
  readonly #options: SessionManagerClientOptions
  readonly #clock = new SystemClock()
  readonly #waiting = new Set<() => void>()
  readonly #outgoing: Sent[] = []
  readonly #incoming = new Map<number, Frame>()
  readonly #timers: Timer[] = []
  #socket: WebSocket | undefined
  #token: string
  #nextSequence = 0
  #expected = 0
  #isShellReady = false
  #isOver = false
  #sentSize = ''
  #keys: { readonly encrypt: Uint8Array; readonly decrypt: Uint8Array } | undefined
  #roundTripMs = 100
  #variationMs = 0
  #timeoutMs = 200

  constructor(options: SessionManagerClientOptions) {
    this.#options = options
    this.#token = options.session.tokenValue ?? ''
  }

  async open(): Promise<this> {
    await this.#connect()
    this.#every(RESEND_EVERY_MS, () => this.#resendOldest())
    return this
  }

  get text(): string {
    return this.output.toString()
  }

  /** Keys as they are pressed, in portions; Enter alone is a carriage return. */
  press(keys: string | Uint8Array): void {
    const bytes = Buffer.from(keys)
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES)
      this.#sendInput(1, bytes.subarray(from, from + CHUNK_BYTES))
  }

  /** Another type of payload than keys. */
  send(payloadType: number, payload: Uint8Array): void {
    this.#sendInput(payloadType, Buffer.from(payload))
  }

  /** The terminal goes away: the process is gone, without a word. */
  kill(): void {
    this.#stop()
    this.#socket?.terminate()
  }

  /** The network fails; the plugin notices, and resumes. */
  loseConnection(): void {
    this.#socket?.terminate()
  }

  /** Reads nothing, as a plugin whose terminal stands still. */
  standStill(): void {
    this.#socket?.pause()
  }

  goOn(): void {
    this.#socket?.resume()
  }

  /** Writes any bytes. */
  sendRaw(data: string | Uint8Array): void {
    this.#socket?.send(data)
  }

  /** Resolves when the condition holds; it is looked at whenever something happened. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #happened(): void {
    for (const look of this.#waiting) look()
  }

  #connect(): Promise<void> {
    const socket = new WebSocket(this.#options.session.streamUrl ?? '', { headers: this.#options.headers })
    this.#socket = socket
    this.connections++
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return
      for (const frame of this.#onTheWay('received', Buffer.from(data))) this.#take(frame)
      this.#happened()
    })
    return new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('open', () => {
        socket.on('close', (code) => {
          this.closeCode = code
          if (this.#socket === socket) void this.#lost()
        })
        socket.send(this.#opening())
        resolve()
        this.#happened()
      })
    })
  }

  #opening(): string {
    return JSON.stringify({
      MessageSchemaVersion: '1.0',
      RequestId: randomUUID(),
      TokenValue: this.#token,
      ClientId: randomUUID(),
      ClientVersion: CLIENT_VERSION,
    })
  }

  /** Five attempts, as the plugin makes. */
  async #lost(): Promise<void> {
    this.#happened()
    for (let attempt = 0; attempt < RESUME_ATTEMPTS && !this.#isOver; attempt++) {
      await this.#clock.sleep(Math.min(150 * 2 ** attempt, 5000))
      if (this.#isOver) return
      try {
        const token = await this.#options.resume?.()
        if (token === undefined) return this.#end(`Session: ${this.#options.session.sessionId} timed out.`)
        this.#token = token
        return await this.#connect()
      } catch {
        continue // The next attempt may do better.
      }
    }
  }

  #onTheWay(direction: 'sent' | 'received', frame: Buffer): readonly Buffer[] {
    return this.#options.faults?.(direction, frame) ?? [frame]
  }

  #write(bytes: Buffer): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    for (const frame of this.#onTheWay('sent', bytes)) this.#socket.send(frame)
  }

  #sendInput(payloadType: number, given: Buffer): void {
    const plain = given.length === 1 && given[0] === 10 ? Buffer.from([13]) : given
    const payload = this.#keys !== undefined && payloadType === 1 ? encrypted(this.#keys.encrypt, plain) : plain
    const sequenceNumber = this.#nextSequence++
    const bytes = encode({ messageType: 'input_stream_data', sequenceNumber, flags: 0, payloadType, payload })
    this.#write(bytes)
    this.#outgoing.push({ sequenceNumber, bytes, sentAt: this.#clock.monotonic() })
  }

  /** AWS: the time of a message is that of its first sending for ever, so that from its timeout on it goes out at every turn. */
  #resendOldest(): void {
    const [oldest] = this.#outgoing
    if (oldest !== undefined && this.#clock.monotonic() - oldest.sentAt > this.#timeoutMs) this.#write(oldest.bytes)
  }

  #take(bytes: Buffer): void {
    const frame = decode(bytes)
    if (frame === undefined) return void this.badFrames++
    if (frame.messageType === 'acknowledge') return this.#acknowledged(frame.payload)
    if (frame.messageType === 'channel_closed') return this.#closed(JSON.parse(frame.payload.toString()))
    if (frame.messageType !== 'output_stream_data') return
    if (frame.sequenceNumber > this.#expected) return this.#keep(frame)
    if (frame.sequenceNumber < this.#expected || !this.#isReadyFor(frame)) return
    this.#acknowledge(frame)
    this.#process(frame)
    this.#expected++
    for (let next = this.#incoming.get(this.#expected); next; next = this.#incoming.get(this.#expected)) {
      this.#incoming.delete(this.#expected++)
      this.#process(next)
    }
  }

  #keep(frame: Frame): void {
    if (this.#incoming.size >= BUFFERED_MESSAGES) return
    this.#acknowledge(frame)
    this.#incoming.set(frame.sequenceNumber, frame)
  }

  /** Data that comes before the shell is set up is dropped without a word. */
  #isReadyFor({ payloadType }: Frame): boolean {
    return [5, 7, 8].includes(payloadType) || this.#isShellReady
  }

  #process({ payloadType, payload }: Frame): void {
    if (payloadType === 5) void this.#answerHandshake(JSON.parse(payload.toString()))
    else if (payloadType === 8) this.#answerChallenge(JSON.parse(payload.toString()))
    else if (payloadType === 7) this.#begin(JSON.parse(payload.toString()))
    else this.#show(payloadType, payload)
  }

  #show(payloadType: number, payload: Buffer): void {
    const isEncrypted = this.#keys !== undefined && [1, 11, 12].includes(payloadType)
    this.output = Buffer.concat([this.output, isEncrypted ? decrypted(this.#keys!.decrypt, payload) : payload])
  }

  async #answerHandshake(request: HandshakeRequest): Promise<void> {
    this.agentVersion = request.AgentVersion
    const actions: object[] = []
    for (const { ActionType, ActionParameters } of request.RequestedClientActions) {
      if (ActionType === 'SessionType') this.sessionTypes.push(ActionParameters.SessionType ?? '')
      const ActionResult =
        ActionType === 'KMSEncryption' ? await this.#setUpKeys(ActionParameters.KMSKeyId ?? '') : null
      actions.push({ ActionType, ActionStatus: 1, ActionResult, Error: '' })
    }
    const response = { ClientVersion: CLIENT_VERSION, ProcessedClientActions: actions, Errors: null }
    this.#sendInput(6, Buffer.from(JSON.stringify(response)))
    this.#happened()
  }

  async #setUpKeys(keyId: string): Promise<object> {
    const { plain, encrypted: cipherText } = await this.#options.dataKey!(keyId)
    this.#keys = { decrypt: plain.subarray(0, 32), encrypt: plain.subarray(32) }
    return { KMSCipherTextKey: Buffer.from(cipherText).toString('base64') }
  }

  #answerChallenge({ Challenge }: { Challenge: string }): void {
    const keys = this.#keys!
    const again = encrypted(keys.encrypt, decrypted(keys.decrypt, Buffer.from(Challenge, 'base64')))
    this.#sendInput(9, Buffer.from(JSON.stringify({ Challenge: again.toString('base64') })))
  }

  #begin({ CustomerMessage }: { CustomerMessage: string }): void {
    if (CustomerMessage !== '') this.customerMessages.push(CustomerMessage)
    // The plugin sets its terminal up first, on a thread of its own.
    this.#timers.push(this.#clock.setTimer(20, () => (this.#isShellReady = true)))
    this.#tellSize()
    this.#every(SIZE_EVERY_MS, () => this.#tellSize())
  }

  #tellSize(): void {
    const size = JSON.stringify(this.size)
    if (size !== this.#sentSize) this.#sendInput(3, Buffer.from(size))
    this.#sentSize = size
  }

  #acknowledge({ messageType, messageId, sequenceNumber }: Frame): void {
    const payload = Buffer.from(
      JSON.stringify({
        AcknowledgedMessageType: messageType,
        AcknowledgedMessageId: uuidText(messageId),
        AcknowledgedMessageSequenceNumber: sequenceNumber,
        IsSequentialMessage: true,
      }),
    )
    this.#write(encode({ messageType: 'acknowledge', sequenceNumber: 0, flags: 3, payloadType: 0, payload }))
  }

  #acknowledged(payload: Buffer): void {
    const sequenceNumber = acknowledgedNumber(payload.toString())
    if (sequenceNumber === undefined) return void this.badFrames++
    const index = this.#outgoing.findIndex((sent) => sent.sequenceNumber === sequenceNumber)
    const [sent] = index === -1 ? [] : this.#outgoing.splice(index, 1)
    if (sent === undefined) return
    const sampleMs = this.#clock.monotonic() - sent.sentAt
    this.#variationMs = 0.75 * this.#variationMs + 0.25 * Math.abs(this.#roundTripMs - sampleMs)
    this.#roundTripMs = 0.875 * this.#roundTripMs + 0.125 * sampleMs
    this.#timeoutMs = Math.min(this.#roundTripMs + Math.max(10, 4 * this.#variationMs), 1000)
  }

  /** Keys that were pressed and are not acknowledged. */
  get unacknowledged(): number {
    return this.#outgoing.length
  }

  #closed({ Output }: { Output: string }): void {
    const { sessionId } = this.#options.session
    this.#end(Output === '' ? `Exiting session with sessionId: ${sessionId}.` : `SessionId: ${sessionId} : ${Output}`)
    this.#socket?.close()
  }

  #end(farewell: string): void {
    this.farewell ??= farewell
    this.#stop()
    this.#happened()
  }

  #stop(): void {
    this.#isOver = true
    for (const timer of this.#timers) timer.cancel()
  }

  #every(ms: number, work: () => void): void {
    const turn = (): void => {
      if (this.#isOver) return
      work()
      this.#timers.push(this.#clock.setTimer(ms, turn))
    }
    this.#timers.push(this.#clock.setTimer(ms, turn))
  }
}

interface HandshakeRequest {
  readonly AgentVersion: string
  readonly RequestedClientActions: readonly {
    readonly ActionType: string
    readonly ActionParameters: { readonly SessionType?: string; readonly KMSKeyId?: string }
  }[]
}

const acknowledgedNumber = (text: string): number | undefined => {
  try {
    return (JSON.parse(text) as { AcknowledgedMessageSequenceNumber: number }).AcknowledgedMessageSequenceNumber
  } catch {
    return undefined
  }
}

const uuidText = (id: Buffer): string =>
  id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const encrypted = (key: Uint8Array, plain: Uint8Array): Buffer => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const decrypted = (key: Uint8Array, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
}
