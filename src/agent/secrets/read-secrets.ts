/** Reads everything that containers of a task ask for, in as few calls as that takes, and says of each thing that cannot be had why. */
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import type { SecretCaller } from '../../agentlink/secrets-api.ts'
import type { EngineContainer } from '../engine/task.ts'
import type { SecretReader } from '../links.ts'
import {
  INVALID_REGISTRY_SECRET,
  invalidParameters,
  MALFORMED_ARN,
  NO_EXECUTION_ROLE,
  NOT_TEXT,
  type SecretFailure,
} from './failures.ts'
import { jsonMember } from './json-member.ts'
import {
  isAnswerTo,
  malformedReferences,
  type ParametersCall,
  parametersCalls,
  registrySecret,
  type SecretCall,
  secretCalls,
  secretKey,
} from './references.ts'
import { registryLogin } from './registry-login.ts'

/** By their keys (`secretKey`). */
export type SecretValues = ReadonlyMap<string, string>

export interface ReadOptions {
  readonly reader: SecretReader
  /** Undefined if the credentials of the execution role are not there. */
  readonly callerIn: (region: string) => SecretCaller | undefined
  readonly isFargate: boolean
}

/** What one call came to. */
interface Read {
  readonly values: readonly (readonly [key: string, value: string])[]
  readonly failures: readonly SecretFailure[]
}

export const readSecrets = async (
  containers: readonly EngineContainer[],
  options: ReadOptions,
): Promise<{ readonly values: SecretValues; readonly failures: readonly SecretFailure[] }> => {
  const reads = await Promise.all([
    ...parametersCalls(containers).map((call) => readParameters(call, options)),
    ...secretCalls(containers).map((call) => readSecret(call, options)),
  ])
  const values = new Map(reads.flatMap((read) => read.values))
  const malformed = malformedReferences(containers).map(({ region, valueFrom }): SecretFailure => ({
    source: 'secret',
    region,
    secretId: valueFrom,
    cause: MALFORMED_ARN,
  }))
  const registries = containers.flatMap((container) => registryFailure(container, values) ?? [])
  return { values, failures: [...malformed, ...reads.flatMap(({ failures }) => failures), ...registries] }
}

const readParameters = ({ region, names }: ParametersCall, options: ReadOptions): Promise<Read> => {
  const about = { source: 'parameters', region, secretId: '' } as const
  return attempt(about, options, async (caller) => {
    const parameters = await options.reader.parameters(caller, names)
    const found = names.map((name) => ({ name, parameter: parameters.find((read) => isAnswerTo(name, read)) }))
    const missing = found.filter(({ parameter }) => parameter === undefined).map(({ name }) => name)
    const values = found.flatMap(({ name: valueFrom, parameter }) =>
      parameter === undefined ? [] : [[secretKey({ provider: 'ssm', region, valueFrom }), parameter.value] as const],
    )
    const cause = invalidParameters(missing, options.isFargate)
    return { values, failures: missing.length === 0 ? [] : [{ ...about, cause }] }
  })
}

const readSecret = ({ region, secretId, uses, ...version }: SecretCall, options: ReadOptions): Promise<Read> => {
  const about = { source: 'secret', region, secretId } as const
  return attempt(about, options, async (caller) => {
    const text = await options.reader.secretValue(caller, { secretId, ...version })
    if (text === undefined) return { values: [], failures: [{ ...about, cause: NOT_TEXT }] }
    const taken = uses.map(({ key, jsonKey }) => ({
      key,
      found: jsonKey === undefined ? { value: text } : jsonMember(text, jsonKey),
    }))
    return {
      values: taken.flatMap(({ key, found }) => ('value' in found ? [[key, found.value] as const] : [])),
      failures: taken.flatMap(({ found }) => ('problem' in found ? [{ ...about, cause: found.problem }] : [])),
    }
  })
}

/** A call with the credentials of the execution role, whose refusal is an outcome like others. */
const attempt = async (
  about: Omit<SecretFailure, 'cause'>,
  { callerIn }: ReadOptions,
  call: (caller: SecretCaller) => Promise<Read>,
): Promise<Read> => {
  const caller = callerIn(about.region)
  if (caller === undefined) return { values: [], failures: [{ ...about, cause: NO_EXECUTION_ROLE }] }
  try {
    return await call(caller)
  } catch (error) {
    if (error instanceof ControlApiError) return { values: [], failures: [{ ...about, cause: error }] }
    throw error
  }
}

/** A secret that was read and holds no user name and password. */
const registryFailure = ({ definition }: EngineContainer, values: SecretValues): SecretFailure | undefined => {
  const secret = registrySecret(definition)
  const text = secret && values.get(secretKey(secret))
  if (secret === undefined || text === undefined || registryLogin(text) !== undefined) return undefined
  return { source: 'registry', region: secret.region, secretId: secret.valueFrom, cause: INVALID_REGISTRY_SECRET }
}
