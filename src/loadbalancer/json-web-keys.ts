/**
 * The public keys with which rules check JSON web tokens: fetched from the endpoints that rules name, and again from time to time. The keys that
 * an endpoint had last stay good while it does not answer.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { RoutingTable } from '../model/load-balancing/routing.ts'
import type { VerificationKey } from './configuration/settings.ts'

export interface JsonWebKeysOptions {
  readonly clock: Clock
  readonly log: Log
  /** Other keys than before are known. */
  readonly onChange: () => void
  readonly fetchText?: (url: string) => Promise<string>
}

const REFRESH_MS = 600_000
const RETRY_MS = 10_000
const FETCH_TIMEOUT_MS = 10_000
const LARGEST_BYTES = 256 * 1024

interface Endpoint {
  timer: Timer | undefined
  isWanted: boolean
}

export class JsonWebKeys {
  readonly #options: JsonWebKeysOptions
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #keys = new Map<string, readonly VerificationKey[]>()
  /** Of the last table: targets come and go without another one. */
  #served: RoutingTable['loadBalancers'] | undefined

  constructor(options: JsonWebKeysOptions) {
    this.#options = options
  }

  /** By endpoint, as far as they are known. */
  get keys(): ReadonlyMap<string, readonly VerificationKey[]> {
    return this.#keys
  }

  /** Those that the table's rules need, and no others. */
  serve(table: RoutingTable): void {
    if (table.loadBalancers === this.#served) return
    this.#served = table.loadBalancers
    const wanted = endpointsOf(table)
    for (const [url, endpoint] of this.#endpoints) if (!wanted.has(url)) this.#leave(url, endpoint)
    for (const url of wanted) {
      if (this.#endpoints.has(url)) continue
      const endpoint: Endpoint = { timer: undefined, isWanted: true }
      this.#endpoints.set(url, endpoint)
      void this.#refresh(url, endpoint)
    }
  }

  stop(): void {
    for (const [url, endpoint] of this.#endpoints) this.#leave(url, endpoint)
  }

  #leave(url: string, endpoint: Endpoint): void {
    endpoint.isWanted = false
    endpoint.timer?.cancel()
    this.#endpoints.delete(url)
    this.#keys.delete(url)
  }

  async #refresh(url: string, endpoint: Endpoint): Promise<void> {
    const { clock, log, onChange, fetchText = fetchByHttp } = this.#options
    let delayMs = REFRESH_MS
    try {
      const keys = verificationKeys(await fetchText(url))
      if (!endpoint.isWanted) return
      const isNew = JSON.stringify(this.#keys.get(url)) !== JSON.stringify(keys)
      this.#keys.set(url, keys)
      if (isNew) onChange()
    } catch (error) {
      log.warn('the keys of a token issuer could not be fetched', { url, error })
      delayMs = RETRY_MS
    }
    if (endpoint.isWanted) endpoint.timer = clock.setTimer(delayMs, () => void this.#refresh(url, endpoint))
  }
}

const endpointsOf = ({ loadBalancers }: RoutingTable): ReadonlySet<string> => {
  const rules = [...loadBalancers.values()].flatMap(({ listeners }) => listeners.flatMap((listener) => listener.rules))
  const urls = rules.flatMap(({ actions }) => actions.map((action) => action.JwtValidationConfig?.JwksEndpoint))
  return new Set(urls.filter((url) => url !== undefined))
}

/** The keys of a set that can check signatures; others are left out. Throws if it is no set. */
export const verificationKeys = (text: string): readonly VerificationKey[] => {
  const { keys } = JSON.parse(text) as { readonly keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('The answer is no JSON web key set.')
  return (keys as readonly JsonWebKey[]).flatMap((key) => {
    const type = key.kty
    if ((type !== 'RSA' && !isP256(key)) || (key['use'] ?? 'sig') !== 'sig') return []
    const keyId = key['kid']
    const publicKey = createPublicKey({ key, format: 'jwk' }).export({ format: 'pem', type: 'spki' }).toString()
    return [{ type: type === 'RSA' ? type : 'EC', publicKey, ...(typeof keyId === 'string' && { keyId }) }]
  })
}

/** Of ES256. */
const isP256 = ({ kty, crv }: JsonWebKey): boolean => kty === 'EC' && crv === 'P-256'

const fetchByHttp = async (url: string): Promise<string> => {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`The answer is ${response.status}.`)
  const text = await response.text()
  if (text.length > LARGEST_BYTES) throw new Error('The answer is too large.')
  return text
}
