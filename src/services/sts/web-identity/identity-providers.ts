/**
 * The keys with which OpenID Connect providers sign: fetched from where the provider's discovery document says, and believed for a while.
 * https://openid.net/specs/openid-connect-discovery-1_0.html
 */
import type { JSONWebKeySet } from 'jose'
import type { Clock } from '../../../kit/clock.ts'
import {
  IDENTITY_PROVIDER_COOLDOWN_MS,
  IDENTITY_PROVIDER_KEYS_MS,
  IDENTITY_PROVIDERS_KEPT,
} from '../../../model/limits.ts'
import { identityProviderUnreachable } from '../faults.ts'
import { type FetchJson, fetchJsonWith } from './fetch-json.ts'

export interface Issuer {
  /** As tokens name it, with its scheme. */
  readonly url: string
  readonly thumbprints: readonly string[]
}

interface FetchedKeys {
  readonly keys: Promise<JSONWebKeySet>
  /** When they were asked for, on the monotonic clock. */
  readonly at: number
}

export class IdentityProviders {
  readonly #clock: Clock
  readonly #fetchJson: FetchJson
  /** By issuer, the longest known first. */
  readonly #known = new Map<string, FetchedKeys>()

  constructor(clock: Clock, fetchJson = fetchJsonWith(clock)) {
    this.#clock = clock
    this.#fetchJson = fetchJson
  }

  /** The issuer's keys. Throws IDPCommunicationError. */
  keys(issuer: Issuer): Promise<JSONWebKeySet> {
    return this.#keysSince(issuer, IDENTITY_PROVIDER_KEYS_MS)
  }

  /** The keys after one was not among them: asked for again, unless that was just done. */
  newKeys(issuer: Issuer): Promise<JSONWebKeySet> {
    return this.#keysSince(issuer, IDENTITY_PROVIDER_COOLDOWN_MS)
  }

  #keysSince(issuer: Issuer, ageMs: number): Promise<JSONWebKeySet> {
    const known = this.#known.get(issuer.url)
    if (known !== undefined && known.at > this.#clock.monotonic() - ageMs) return known.keys
    const fetched = { keys: this.#fetch(issuer), at: this.#clock.monotonic() }
    this.#known.delete(issuer.url)
    if (this.#known.size >= IDENTITY_PROVIDERS_KEPT) this.#known.delete(this.#known.keys().next().value ?? '')
    this.#known.set(issuer.url, fetched)
    // What failed is asked for again by the next call; those that wait already hear of it.
    fetched.keys.catch(() => {
      if (this.#known.get(issuer.url) === fetched) this.#known.delete(issuer.url)
    })
    return fetched.keys
  }

  async #fetch({ url, thumbprints }: Issuer): Promise<JSONWebKeySet> {
    try {
      const discovery = new URL(`${url.replace(/\/$/, '')}/.well-known/openid-configuration`)
      const keysUrl = keysUrlIn(await this.#fetchJson({ url: discovery, thumbprints }), discovery)
      return keySetIn(await this.#fetchJson({ url: keysUrl, thumbprints }))
    } catch (error) {
      throw identityProviderUnreachable(`The keys of ${url} cannot be had: ${(error as Error).message}`)
    }
  }
}

/** AWS: keys come by HTTPS. Only a provider on this machine may have them elsewhere on it. */
const keysUrlIn = (document: unknown, discovery: URL): URL => {
  const { jwks_uri: address } = Object(document) as { readonly jwks_uri?: unknown }
  if (typeof address !== 'string' || !URL.canParse(address)) throw new Error('its configuration names no jwks_uri.')
  const url = new URL(address)
  if (url.protocol !== 'https:' && discovery.protocol === 'https:') throw new Error('its jwks_uri is not HTTPS.')
  return url
}

const keySetIn = (document: unknown): JSONWebKeySet => {
  const { keys } = Object(document) as { readonly keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('its jwks_uri holds no keys.')
  return { keys: keys as JSONWebKeySet['keys'] }
}
