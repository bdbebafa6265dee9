/**
 * Values of the secrets of tasks, in memory only: from when they are fetched, once for all containers of a task, until the containers that
 * they are for have been started. What is checkpointed, logged and reported knows their names alone; after a restart, containers that
 * were not created yet have theirs fetched again.
 */
import { defined } from '../../kit/assert.ts'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import type { SecretCaller } from '../../agentlink/secrets-api.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import { type EngineContainer, type EngineTask, hasReached } from '../engine/task.ts'
import type { ContainerSecrets, Secrets } from '../engine/tools.ts'
import type { SecretReader } from '../links.ts'
import type { RegistryCredentials } from '../runtime.ts'
import {
  failureReason,
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
  keysOf,
  malformedReferences,
  type ParametersCall,
  parametersCalls,
  registrySecret,
  type SecretCall,
  secretCalls,
  secretKey,
  waitingContainers,
} from './references.ts'

export interface TaskSecretsOptions {
  readonly reader: SecretReader
  readonly credentials: Pick<CredentialsStore, 'get'>
}

type Values = Map<string, string>

const NO_VALUES: ReadonlyMap<string, string> = new Map()

export class TaskSecrets implements Secrets {
  readonly #options: TaskSecretsOptions
  readonly #byTask = new Map<string, Values>()
  /** Tasks that are waited for; whose task is over meanwhile is not wanted any more. */
  readonly #awaited = new Set<string>()

  constructor(options: TaskSecretsOptions) {
    this.#options = options
  }

  isReady(task: EngineTask, container: EngineContainer): boolean {
    return keysOf(container).every((key) => this.#valuesOf(task).has(key))
  }

  mayFetch(task: EngineTask): boolean {
    if (waitingContainers(task).every((container) => this.isReady(task, container))) return false
    // Credentials that are known by name alone are on their way: the agent was started anew.
    return task.executionCredentialsId === undefined || this.#caller(task, '') !== undefined
  }

  async fetch(task: EngineTask): Promise<string | undefined> {
    const values: Values = new Map(this.#valuesOf(task))
    this.#awaited.add(task.arn)
    const failures = await this.#read(task, values)
    if (!this.#awaited.delete(task.arn)) return undefined
    if (failures.length === 0) {
      this.#byTask.set(task.arn, values)
      return undefined
    }
    const isFargate = task.definition.launchType === 'FARGATE'
    return [...new Set(failures.map((failure) => failureReason(failure, isFargate)))].join(';')
  }

  valuesFor(task: EngineTask, { definition }: EngineContainer): ContainerSecrets {
    const values = this.#valuesOf(task)
    const of = (target: 'CONTAINER' | 'LOG_DRIVER'): Record<string, string> =>
      Object.fromEntries(
        (definition.secrets ?? [])
          .filter((secret) => secret.target === target)
          .map((secret) => [secret.name, defined(values.get(secretKey(secret)), `the secret ${secret.name}`)]),
      )
    return { environment: of('CONTAINER'), logOptions: of('LOG_DRIVER') }
  }

  registryCredentials(task: EngineTask, { definition }: EngineContainer): RegistryCredentials | undefined {
    const secret = registrySecret(definition)
    const text = secret && this.#valuesOf(task).get(secretKey(secret))
    return text === undefined ? undefined : credentialsOf(text)
  }

  redact({ definition }: EngineContainer, text: string): string {
    const optionKeys = (definition.secrets ?? []).filter(({ target }) => target === 'LOG_DRIVER').map(secretKey)
    const all = [...this.#byTask.values()]
    const isKnown = (key: string): boolean => all.some((values) => values.has(key))
    if (!optionKeys.every(isKnown)) return WITHHELD
    const secrets = all.flatMap((values) => [...values.values()]).flatMap(spellings)
    // The longest first: one may be part of another.
    return secrets
      .toSorted((a, b) => b.length - a.length)
      .reduce((told, secret) => told.replaceAll(secret, REDACTED), text)
  }

  /** Forgets the values of a task that has no use for them any more; `undefined`: the task is gone. */
  release(arn: string, task: EngineTask | undefined): void {
    const isOver = task?.containers.every((container) => hasReached(container, 'RUNNING')) ?? true
    if (!isOver) return
    this.#byTask.delete(arn)
    this.#awaited.delete(arn)
  }

  #valuesOf({ arn }: EngineTask): ReadonlyMap<string, string> {
    return this.#byTask.get(arn) ?? NO_VALUES
  }

  #caller({ executionCredentialsId: id }: EngineTask, region: string): SecretCaller | undefined {
    const found = id === undefined ? undefined : this.#options.credentials.get(id)
    return found && { region, credentials: found.credentials }
  }

  async #read(task: EngineTask, values: Values): Promise<readonly SecretFailure[]> {
    const containers = waitingContainers(task)
    const isFargate = task.definition.launchType === 'FARGATE'
    const results = await Promise.all([
      ...parametersCalls(containers).map((call) => this.#readParameters(task, call, values, isFargate)),
      ...secretCalls(containers).map((call) => this.#readSecret(task, call, values)),
    ])
    const malformed = malformedReferences(containers).map((secretId): SecretFailure => ({
      source: 'secret',
      region: '',
      secretId,
      cause: MALFORMED_ARN,
    }))
    const registries = containers.flatMap(({ definition }) => registryFailure(definition, values) ?? [])
    return [...malformed, ...results.flat(), ...registries]
  }

  async #readParameters(
    task: EngineTask,
    { region, names }: ParametersCall,
    values: Values,
    isFargate: boolean,
  ): Promise<readonly SecretFailure[]> {
    const failed = (cause: SecretFailure['cause']) => [{ source: 'parameters', region, secretId: '', cause } as const]
    const caller = this.#caller(task, region)
    if (caller === undefined) return failed(NO_EXECUTION_ROLE)
    try {
      const { parameters, invalid } = await this.#options.reader.parameters(caller, names)
      for (const valueFrom of names) {
        const found = parameters.find((parameter) => isAnswerTo(valueFrom, parameter))
        if (found !== undefined) values.set(secretKey({ provider: 'ssm', region, valueFrom }), found.value)
      }
      return invalid.length === 0 ? [] : failed(invalidParameters(invalid, isFargate))
    } catch (error) {
      if (error instanceof ControlApiError) return failed(error)
      throw error
    }
  }

  async #readSecret(task: EngineTask, call: SecretCall, values: Values): Promise<readonly SecretFailure[]> {
    const { region, secretId, uses, ...version } = call
    const failed = (cause: SecretFailure['cause']) => [{ source: 'secret', region, secretId, cause } as const]
    const caller = this.#caller(task, region)
    if (caller === undefined) return failed(NO_EXECUTION_ROLE)
    try {
      const text = await this.#options.reader.secretValue(caller, { secretId, ...version })
      if (text === undefined) return failed(NOT_TEXT)
      return uses.flatMap(({ key, jsonKey }) => {
        const found = jsonKey === undefined ? { value: text } : jsonMember(text, jsonKey)
        if ('problem' in found) return failed(found.problem)
        values.set(key, found.value)
        return []
      })
    } catch (error) {
      if (error instanceof ControlApiError) return failed(error)
      throw error
    }
  }
}

const REDACTED = '***'
/** The values are not known any more, so nobody can say where they stand in the text. */
const WITHHELD = 'what the engine says is withheld, because it may repeat a secret option of the log driver'

/** As it is, and as it stands between quotes. */
const spellings = (secret: string): readonly string[] =>
  secret === '' ? [] : [secret, JSON.stringify(secret).slice(1, -1)]

/** A secret that was read and holds no user name and password. */
const registryFailure = (
  definition: EngineContainer['definition'],
  values: ReadonlyMap<string, string>,
): SecretFailure | undefined => {
  const secret = registrySecret(definition)
  const text = secret && values.get(secretKey(secret))
  if (secret === undefined || text === undefined || credentialsOf(text) !== undefined) return undefined
  return { source: 'registry', region: secret.region, secretId: secret.valueFrom, cause: INVALID_REGISTRY_SECRET }
}

/** Undefined if the secret is not of the form `{"username": …, "password": …}`. */
const credentialsOf = (text: string): RegistryCredentials | undefined => {
  const [username, password] = ['username', 'password'].map((name) => jsonMember(text, name))
  if (!username || !password || 'problem' in username || 'problem' in password) return undefined
  return username.value === '' || password.value === ''
    ? undefined
    : { username: username.value, password: password.value }
}
