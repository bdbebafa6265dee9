/**
 * Under which name the engine of this host pulls what is in this installation's own registry. Engines take every registry on loopback as it is:
 * where the control plane is there, images are pulled by their own names; for all others the agent has a relay there, so that no engine has to be
 * configured for the registry.
 */
import type { EcrAuthData } from '../../agentlink/acs-messages.ts'
import type { Log } from '../../kit/log.ts'
import type { RegistryRelay } from './registry-relay.ts'

export interface OwnRegistryOptions {
  /** Of the control plane. */
  readonly endpoint: string | undefined
  /** Whether the engine's loopback is this one. */
  readonly isEngineLocal: boolean
  readonly log: Log
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3})(?::\d+)?$/

export class OwnRegistry {
  readonly #options: OwnRegistryOptions
  #relay: Promise<RegistryRelay> | undefined
  #isClosed = false

  constructor(options: OwnRegistryOptions) {
    this.#options = options
  }

  /** `repository` is named as task definitions do, with its host. */
  async repositoryFor(repository: string, { registryId, region }: EcrAuthData): Promise<string> {
    const { endpoint, isEngineLocal } = this.#options
    const slash = repository.indexOf('/')
    const [named, path] = [repository.slice(0, slash), repository.slice(slash + 1)]
    if (endpoint === undefined) return repository
    const { host } = new URL(endpoint)
    if (isLoopback(host) && isLoopback(named) && portOf(host) === portOf(named)) return repository
    if (!isEngineLocal) return `${host}/${path}`
    const relay = await (this.#relay ??= this.#open(endpoint))
    return `${relay.host}/${registryId}/${region}/${path}`
  }

  close(): void {
    this.#isClosed = true
    // One that could not be opened has told whoever needed it.
    this.#relay?.then(
      (relay) => relay.close(),
      () => undefined,
    )
  }

  /** Loaded with the first image that needs it. */
  async #open(endpoint: string): Promise<RegistryRelay> {
    const { log } = this.#options
    const { openRegistryRelay } = await import('./registry-relay.ts')
    const relay = await openRegistryRelay(endpoint, log)
    if (this.#isClosed) relay.close()
    return relay
  }
}

const isLoopback = (host: string): boolean => LOOPBACK.test(host)

const portOf = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? ''
