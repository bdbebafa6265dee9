/**
 * What containers of a task ask for: where each secret comes from, and which calls that takes. Pure.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 */
import type { PayloadContainer, PayloadSecret } from '../../agentlink/acs-messages.ts'
import type { SecretVersion } from '../../agentlink/secrets-api.ts'
import { parameterNameOf, parseArn } from '../../model/arn.ts'
import { PARAMETERS_PER_CALL } from '../../model/limits.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { hasReached } from '../engine/task.ts'

/** What is fetched under one key is the same value. */
export const secretKey = ({
  provider,
  region,
  valueFrom,
}: Pick<PayloadSecret, 'provider' | 'region' | 'valueFrom'>): string => [provider, region, valueFrom].join(' ')

/** The secret that holds user name and password for the image's registry, as if it were one of the container's. */
export const registrySecret = ({
  registryAuthentication,
}: PayloadContainer): Pick<PayloadSecret, 'provider' | 'region' | 'valueFrom'> | undefined => {
  if (registryAuthentication?.type !== 'asm') return undefined
  const { credentialsParameter: valueFrom, region } = registryAuthentication.asmAuthData
  return { provider: 'asm', region, valueFrom }
}

/** Keys of everything that the container needs before its image is pulled. */
export const keysOf = ({ definition }: EngineContainer): readonly string[] => {
  const registry = registrySecret(definition)
  return [...(definition.secrets ?? []), ...(registry === undefined ? [] : [registry])].map(secretKey)
}

/** Containers whose secrets are still of use. */
export const waitingContainers = ({ containers }: EngineTask): readonly EngineContainer[] =>
  containers.filter((container) => !hasReached(container, 'CREATED'))

/** One call of Parameter Store: up to ten names of one region. */
export interface ParametersCall {
  readonly region: string
  readonly names: readonly string[]
}

export const parametersCalls = (containers: readonly EngineContainer[]): readonly ParametersCall[] => {
  const byRegion = new Map<string, Set<string>>()
  for (const { definition } of containers)
    for (const { provider, region, valueFrom } of definition.secrets ?? []) {
      if (provider !== 'ssm') continue
      const names = byRegion.get(region) ?? new Set()
      byRegion.set(region, names.add(valueFrom))
    }
  return [...byRegion].flatMap(([region, names]) => batches([...names]).map((batch) => ({ region, names: batch })))
}

const batches = (names: readonly string[]): readonly (readonly string[])[] =>
  names.length <= PARAMETERS_PER_CALL
    ? [names]
    : [names.slice(0, PARAMETERS_PER_CALL), ...batches(names.slice(PARAMETERS_PER_CALL))]

/**
 * Whether a parameter that was read is the one asked for by a name, an ARN, or either with a version or label. AWS: a name at the root
 * means the same with and without its slash.
 */
export const isAnswerTo = (
  asked: string,
  { name, arn, selector }: { readonly name: string; readonly arn: string; readonly selector: string },
): boolean =>
  asked === arn + selector || withoutSlash(parameterNameOf(asked) ?? asked) === withoutSlash(name + selector)

const withoutSlash = (name: string): string => name.replace(/^\//, '')

/** What a value of Secrets Manager is taken from. */
export interface SecretReference extends SecretVersion {
  /** The value is one member of the secret, which is a JSON object. */
  readonly jsonKey?: string
}

/** `<ARN>` or `<ARN>:<JSON key>:<version stage>:<version id>`, of which any of the three may be empty; undefined for anything else. */
export const secretReference = (valueFrom: string): SecretReference | undefined => {
  const arn = parseArn(valueFrom)
  const [kind, id, jsonKey, versionStage, versionId, ...rest] = arn?.resource.split(':') ?? []
  if (arn === undefined || kind !== 'secret' || !id || rest.length > 0) return undefined
  if (jsonKey === undefined) return { secretId: valueFrom }
  if (versionId === undefined) return undefined
  return {
    secretId: valueFrom.split(':').slice(0, ARN_PARTS).join(':'),
    ...(jsonKey !== '' && { jsonKey }),
    ...(versionStage && { versionStage }),
    ...(versionId !== '' && { versionId }),
  }
}

/** Of a secret's ARN: six and its id. */
const ARN_PARTS = 7

/** One call of Secrets Manager, and all that is taken from its answer. */
export interface SecretCall extends SecretVersion {
  readonly region: string
  readonly uses: readonly { readonly key: string; readonly jsonKey?: string }[]
}

interface AskedFor {
  readonly key: string
  readonly region: string
  readonly valueFrom: string
  /** Undefined if what is asked for is no secret's ARN. */
  readonly reference: SecretReference | undefined
}

const askedOfSecretsManager = ({ definition }: EngineContainer): readonly AskedFor[] => {
  const ofContainer = (definition.secrets ?? [])
    .filter(({ provider }) => provider === 'asm')
    .map((secret) => ({ ...secret, key: secretKey(secret), reference: secretReference(secret.valueFrom) }))
  const registry = registrySecret(definition)
  if (registry === undefined) return ofContainer
  // AWS: the secret of a registry may be given by its name alone.
  return [...ofContainer, { ...registry, key: secretKey(registry), reference: { secretId: registry.valueFrom } }]
}

export const secretCalls = (containers: readonly EngineContainer[]): readonly SecretCall[] => {
  const calls = new Map<string, SecretCall>()
  for (const { key, region, reference } of containers.flatMap(askedOfSecretsManager)) {
    if (reference === undefined) continue
    const { jsonKey, ...version } = reference
    const id = JSON.stringify([region, version])
    const { uses = [] } = calls.get(id) ?? {}
    calls.set(id, { ...version, region, uses: [...uses, { key, ...(jsonKey !== undefined && { jsonKey }) }] })
  }
  return [...calls.values()]
}

/** What is asked of Secrets Manager and is no secret's ARN. */
export const malformedReferences = (
  containers: readonly EngineContainer[],
): readonly Pick<AskedFor, 'region' | 'valueFrom'>[] =>
  containers.flatMap(askedOfSecretsManager).filter(({ reference }) => reference === undefined)
