/**
 * Parameter Store and Secrets Manager as an agent uses them: it reads what a task needs, signed with the credentials of the task's
 * execution role. What the answers hold is for the caller alone: nothing here keeps or tells it.
 */
import type { SigningCredentials } from '../model/signature-v4.ts'
import { JsonCaller, type JsonCallerOptions, type RetryPolicy } from './json-caller.ts'
import { serviceSigner } from './signer.ts'

/** On whose behalf, and where. */
export interface SecretCaller {
  readonly region: string
  readonly credentials: SigningCredentials
}

export interface ReadParameter {
  readonly name: string
  readonly arn: string
  /** `:3` or `:label` */
  readonly selector: string
  readonly value: string
}

export interface SecretVersion {
  readonly secretId: string
  readonly versionStage?: string
  readonly versionId?: string
}

const TIMEOUT_MS = 10_000

/** What may pass is tried again for half a minute, which a control plane takes to be started anew. */
const READING: RetryPolicy = {
  backoff: { minMs: 500, maxMs: 10_000, jitter: 0.2, multiplier: 2 },
  withinMs: 30_000,
  isRetried: ({ isTransient }) => isTransient,
}

export class SecretsApi {
  readonly #options: JsonCallerOptions
  readonly #caller: JsonCaller

  constructor(options: JsonCallerOptions) {
    this.#options = options
    this.#caller = new JsonCaller(options)
  }

  /** Up to ten parameters, decrypted, without those that are not there. Rejects with `ControlApiError`. */
  async parameters(caller: SecretCaller, names: readonly string[]): Promise<readonly ReadParameter[]> {
    const input = { Names: names, WithDecryption: true }
    const output = await this.#call(caller, 'ssm', 'AmazonSSM.GetParameters', input)
    const { Parameters: parameters } = output
    return Array.isArray(parameters) ? parameters.map(parameterOf) : []
  }

  /** The text of a secret's version, undefined if the secret is not a text. Rejects with `ControlApiError`. */
  async secretValue(
    caller: SecretCaller,
    { secretId, versionStage, versionId }: SecretVersion,
  ): Promise<string | undefined> {
    const input = {
      SecretId: secretId,
      ...(versionStage !== undefined && { VersionStage: versionStage }),
      ...(versionId !== undefined && { VersionId: versionId }),
    }
    const { SecretString: text } = await this.#call(caller, 'secretsmanager', 'secretsmanager.GetSecretValue', input)
    return typeof text === 'string' ? text : undefined
  }

  #call(
    { region, credentials }: SecretCaller,
    service: string,
    target: string,
    input: object,
  ): Promise<Readonly<Record<string, unknown>>> {
    const sign = serviceSigner({ clock: this.#options.clock, region, service, credentials: () => credentials })
    return this.#caller.call({ target, input, sign, retries: READING, timeoutMs: TIMEOUT_MS })
  }
}

const parameterOf = (value: unknown): ReadParameter => {
  const members = value as Readonly<Record<string, unknown>>
  return {
    name: textOf(members['Name']),
    arn: textOf(members['ARN']),
    selector: textOf(members['Selector']),
    value: textOf(members['Value']),
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
