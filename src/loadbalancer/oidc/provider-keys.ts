/**
 * What a provider publishes of itself, where it does: its keys, and how it wants clients to prove themselves. Kept for a while, and asked for
 * again when a token is signed with a key that is not known.
 *
 * https://openid.net/specs/openid-connect-discovery-1_0.html
 */
import type { JSONWebKeySet } from 'jose'
import type { Clock } from '../../kit/clock.ts'
import { type AskProvider, ProviderUnreachable } from './ask.ts'

export interface Discovered {
  /** Undefined: the provider publishes none. */
  readonly keys: JSONWebKeySet | undefined
  /** It knows `client_secret_post` and not `client_secret_basic`. */
  readonly wantsSecretInBody: boolean
}

const GOOD_FOR_MS = 600_000
/** Not more often, whatever tokens name. */
const ASKED_AGAIN_AFTER_MS = 30_000
const NOTHING: Discovered = { keys: undefined, wantsSecretInBody: false }

interface Known {
  readonly discovered: Promise<Discovered>
  readonly at: number
}

export class ProviderKeys {
  readonly #ask: AskProvider
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()

  constructor(ask: AskProvider, clock: Clock) {
    this.#ask = ask
    this.#clock = clock
  }

  /** `isNewer`: a key was missing. Rejects with `ProviderUnreachable`. */
  async of(issuer: string, { isNewer = false }: { readonly isNewer?: boolean } = {}): Promise<Discovered> {
    const known = this.#known.get(issuer)
    const age = known === undefined ? Infinity : this.#clock.monotonic() - known.at
    if (known !== undefined && age < (isNewer ? ASKED_AGAIN_AFTER_MS : GOOD_FOR_MS)) return known.discovered
    const discovered = this.#discover(issuer)
    this.#known.set(issuer, { discovered, at: this.#clock.monotonic() })
    try {
      return await discovered
    } catch (error) {
      if (this.#known.get(issuer)?.discovered === discovered) this.#known.delete(issuer)
      throw error
    }
  }

  /** Forgets issuers that nobody names any more. */
  keep(issuers: ReadonlySet<string>): void {
    for (const issuer of this.#known.keys()) if (!issuers.has(issuer)) this.#known.delete(issuer)
  }

  async #discover(issuer: string): Promise<Discovered> {
    const about = await this.#document(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    if (about === undefined) return NOTHING
    const { issuer: said, jwks_uri: keysUrl, token_endpoint_auth_methods_supported: methods } = about
    if (said !== issuer) throw new ProviderUnreachable('Its configuration is that of another issuer.', {})
    if (typeof keysUrl !== 'string') return NOTHING
    const keys = await this.#document(keysUrl)
    if (!Array.isArray(keys?.['keys'])) throw new ProviderUnreachable('Its keys are no JSON web key set.', {})
    return { keys: keys as unknown as JSONWebKeySet, wantsSecretInBody: isPostAlone(methods) }
  }

  /** Undefined: there is none. */
  async #document(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { status, text } = await this.#ask({ method: 'GET', url })
    if (status >= 400 && status < 500) return undefined
    const document = status === 200 ? objectOf(text) : undefined
    if (document === undefined) throw new ProviderUnreachable(`Its configuration is answered with ${status}.`, {})
    return document
  }
}

const isPostAlone = (methods: unknown): boolean =>
  Array.isArray(methods) && methods.includes('client_secret_post') && !methods.includes('client_secret_basic')

/** Undefined if the text is no JSON object. */
export const objectOf = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
