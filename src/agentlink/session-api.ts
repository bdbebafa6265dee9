/**
 * What a session of ECS Exec needs of other services, signed with the credentials of its task's role: CloudWatch Logs for its transcript,
 * KMS for the data key that it is encrypted with.
 */
import type { SigningCredentials } from '../model/signature-v4.ts'
import { ControlApiError } from './control-api-error.ts'
import { JsonCaller, type JsonCallerOptions, type RetryPolicy } from './json-caller.ts'
import { serviceSigner } from './signer.ts'

/** On whose behalf, and where. Asked for each call, as credentials change while a session lasts. */
export interface SessionCaller {
  readonly region: string
  readonly credentials: () => SigningCredentials
}

export interface LogDestination {
  readonly logGroupName: string
  readonly logStreamName: string
}

export interface TranscriptEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly message: string
}

const TIMEOUT_MS = 10_000

const RETRIES: RetryPolicy = {
  backoff: { minMs: 500, maxMs: 10_000, jitter: 0.2, multiplier: 2 },
  withinMs: 30_000,
  isRetried: ({ isTransient }) => isTransient,
}

export class SessionApi {
  readonly #options: JsonCallerOptions
  readonly #caller: JsonCaller

  constructor(options: JsonCallerOptions) {
    this.#options = options
    this.#caller = new JsonCaller(options)
  }

  /** Makes the stream, unless it is there. Rejects with `ControlApiError`. */
  async createLogStream(caller: SessionCaller, destination: LogDestination): Promise<void> {
    try {
      await this.#call(caller, 'logs', 'Logs_20140328.CreateLogStream', destination)
    } catch (error) {
      if (!(error instanceof ControlApiError) || error.type !== 'ResourceAlreadyExistsException') throw error
    }
  }

  /** Events in the order of their times. Rejects with `ControlApiError`. */
  async putLogEvents(
    caller: SessionCaller,
    destination: LogDestination,
    logEvents: readonly TranscriptEvent[],
  ): Promise<void> {
    await this.#call(caller, 'logs', 'Logs_20140328.PutLogEvents', { ...destination, logEvents })
  }

  /** The data key that a client had made for this session. Rejects with `ControlApiError`. */
  async decryptDataKey(
    caller: SessionCaller,
    keyId: string,
    encryptedKey: Uint8Array,
    context: Readonly<Record<string, string>>,
  ): Promise<Buffer> {
    const { Plaintext: plaintext } = await this.#call(caller, 'kms', 'TrentService.Decrypt', {
      KeyId: keyId,
      CiphertextBlob: Buffer.from(encryptedKey).toString('base64'),
      EncryptionContext: context,
    })
    return Buffer.from(typeof plaintext === 'string' ? plaintext : '', 'base64')
  }

  #call(
    { region, credentials }: SessionCaller,
    service: string,
    target: string,
    input: object,
  ): Promise<Readonly<Record<string, unknown>>> {
    const sign = serviceSigner({ clock: this.#options.clock, region, service, credentials })
    return this.#caller.call({ target, input, sign, retries: RETRIES, timeoutMs: TIMEOUT_MS })
  }
}
