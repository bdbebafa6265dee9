/**
 * Values of the secrets of tasks, in memory only: from when they are fetched, once for all containers of a task, until the containers that
 * they are for have been started. What is checkpointed, logged and reported knows their names alone; after a restart, containers that
 * were not created yet have theirs fetched again.
 */
import type { SecretCaller } from '../../agentlink/secrets-api.ts'
import { defined } from '../../kit/assert.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import { type EngineContainer, type EngineTask, hasReached } from '../engine/task.ts'
import type { ContainerSecrets, Secrets } from '../engine/tools.ts'
import type { SecretReader } from '../links.ts'
import type { RegistryCredentials } from '../runtime.ts'
import { failureReason } from './failures.ts'
import { readSecrets, type SecretValues } from './read-secrets.ts'
import { keysOf, registrySecret, secretKey, waitingContainers } from './references.ts'
import { registryLogin } from './registry-login.ts'

export interface TaskSecretsOptions {
  readonly reader: SecretReader
  readonly credentials: Pick<CredentialsStore, 'get'>
}

const NO_VALUES: SecretValues = new Map()
const REDACTED = '***'
/** The values are not known any more, so nobody can say where they stand in the text. */
const WITHHELD = 'what the engine says is withheld, because it may repeat a secret option of the log driver'

export class TaskSecrets implements Secrets {
  readonly #options: TaskSecretsOptions
  readonly #byTask = new Map<string, SecretValues>()
  /** Tasks whose secrets are being read; one that is over meanwhile is among them no more. */
  readonly #awaited = new Set<string>()

  constructor(options: TaskSecretsOptions) {
    this.#options = options
  }

  isReady(task: EngineTask, container: EngineContainer): boolean {
    return keysOf(container).every((key) => this.#valuesOf(task).has(key))
  }

  mayFetch(task: EngineTask): boolean {
    if (waitingContainers(task).every((container) => this.isReady(task, container))) return false
    // Credentials that are known by their id alone are on their way: the agent was started anew.
    return task.executionCredentialsId === undefined || this.#callerOf(task, '') !== undefined
  }

  async fetch(task: EngineTask): Promise<string | undefined> {
    const isFargate = task.definition.launchType === 'FARGATE'
    const callerIn = (region: string): SecretCaller | undefined => this.#callerOf(task, region)
    this.#awaited.add(task.arn)
    const { reader } = this.#options
    const { values, failures } = await readSecrets(waitingContainers(task), { reader, callerIn, isFargate })
    if (!this.#awaited.delete(task.arn)) return undefined
    if (failures.length > 0) return [...new Set(failures.map((failure) => failureReason(failure, isFargate)))].join(';')
    this.#byTask.set(task.arn, new Map([...this.#valuesOf(task), ...values]))
    return undefined
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
    return text === undefined ? undefined : registryLogin(text)
  }

  redact({ definition }: EngineContainer, text: string): string {
    const options = (definition.secrets ?? []).filter(({ target }) => target === 'LOG_DRIVER').map(secretKey)
    const all = [...this.#byTask.values()]
    if (!options.every((key) => all.some((values) => values.has(key)))) return WITHHELD
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

  #valuesOf({ arn }: EngineTask): SecretValues {
    return this.#byTask.get(arn) ?? NO_VALUES
  }

  #callerOf({ executionCredentialsId: id }: EngineTask, region: string): SecretCaller | undefined {
    const found = id === undefined ? undefined : this.#options.credentials.get(id)
    return found && { region, credentials: found.credentials }
  }
}

/** What quoting spells in another way, differently from quoter to quoter: everything but plain characters. */
const NOT_PLAIN = /[^ -~]|["\\]/
/** Shorter ones are as likely a part of any other word. */
const TELLING_LENGTH = 4

/** As it is, and its parts that stand in the text however it is quoted there. */
const spellings = (secret: string): readonly string[] =>
  [secret, ...secret.split(NOT_PLAIN).filter((part) => part.length >= TELLING_LENGTH)].filter((part) => part !== '')
