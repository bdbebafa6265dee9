/** Parameter Store and Secrets Manager as an agent sees them: what a test puts there, and every call with who made it. */
import type { SecretReader } from '../../src/agent/links.ts'
import { ControlApiError } from '../../src/agentlink/control-api-error.ts'
import type { ReadParameter, SecretCaller, SecretVersion } from '../../src/agentlink/secrets-api.ts'

const ACCOUNT = '000000000000'

export interface SecretCallSeen {
  readonly caller: SecretCaller
  readonly asked: readonly string[] | SecretVersion
}

export class FakeSecrets implements SecretReader {
  readonly calls: SecretCallSeen[] = []
  /** Values by name, with or without a version or label after a colon. */
  readonly parameterValues = new Map<string, string>()
  /** Values by ARN, and by ARN, stage and id. */
  readonly secretValues = new Map<string, string | undefined>()
  /** Thrown by every call. */
  failure: ControlApiError | undefined
  /** While set, calls wait for it. */
  held: Promise<void> | undefined

  async parameters(caller: SecretCaller, names: readonly string[]): Promise<readonly ReadParameter[]> {
    await this.#seen({ caller, asked: names })
    return names.flatMap((asked) => {
      const value = this.parameterValues.get(asked)
      return value === undefined ? [] : [parameter(caller, asked, value)]
    })
  }

  async secretValue(caller: SecretCaller, version: SecretVersion): Promise<string | undefined> {
    await this.#seen({ caller, asked: version })
    const { secretId, versionStage, versionId } = version
    const key = [secretId, versionStage, versionId].filter((part) => part !== undefined).join(' ')
    if (this.secretValues.has(key)) return this.secretValues.get(key)
    const message = "Secrets Manager can't find the specified secret."
    throw new ControlApiError({ type: 'ResourceNotFoundException', message, status: 400 })
  }

  async #seen(call: SecretCallSeen): Promise<void> {
    this.calls.push(call)
    await this.held
    if (this.failure !== undefined) throw this.failure
  }
}

const parameter = ({ region }: SecretCaller, asked: string, value: string) => {
  const [name = '', selector] = asked.split(':')
  const arn = `arn:aws:ssm:${region}:${ACCOUNT}:parameter/${name.replace(/^\//, '')}`
  return { name, arn, selector: selector === undefined ? '' : `:${selector}`, value }
}
