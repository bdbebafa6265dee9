/** How other registries want to be asked: by a password, or by a token that they give for it. https://distribution.github.io/distribution/spec/auth/token/ */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../kit/clock.ts'
import type { Outgoing } from './outgoing.ts'
import { type Upstream, UpstreamError } from './upstream.ts'

/** Of a token that does not say how long it lives. Source: the specification. */
const TOKEN_LIFE_SECONDS = 60
/** How long before its end a token is not used any more. */
const MARGIN_MS = 10_000
/** Tokens are short; nobody gets to fill the memory with an answer. */
export const ANSWER_BYTES = 1024 * 1024

interface Known {
  readonly header: string
  readonly expiresAt: number
}

interface TokenAnswer {
  readonly token?: unknown
  readonly access_token?: unknown
  readonly expires_in?: unknown
}

export class Authorization {
  readonly #outgoing: Outgoing
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()

  constructor(outgoing: Outgoing, clock: Clock) {
    this.#outgoing = outgoing
    this.#clock = clock
  }

  /** What worked before, as long as it lasts. */
  headerFor(upstream: Upstream, actions: string): string | undefined {
    const known = this.#known.get(keyOf(upstream, actions))
    return known !== undefined && known.expiresAt > this.#clock.now() ? known.header : undefined
  }

  /** Answers a challenge (`WWW-Authenticate`). Rejects with `UpstreamError`. */
  async answer(upstream: Upstream, actions: string, challenge: string): Promise<string> {
    const bearer = /\bbearer\s.*/i.exec(challenge)?.[0]
    const known =
      bearer !== undefined
        ? await this.#token(upstream, actions, parametersOf(bearer))
        : { header: basic(upstream), expiresAt: Number.POSITIVE_INFINITY }
    this.#known.set(keyOf(upstream, actions), known)
    return known.header
  }

  async #token(upstream: Upstream, actions: string, parameters: ReadonlyMap<string, string>): Promise<Known> {
    const { url, credentials } = upstream
    const realm = parameters.get('realm') ?? ''
    if (!URL.canParse(realm)) throw new UpstreamError('denied', `${url.host} does not say where its tokens are got.`)
    const place = new URL(realm)
    // A password must not be sent on in the clear.
    if (!['https:', url.protocol].includes(place.protocol))
      throw new UpstreamError('denied', `${url.host} wants tokens to be got from ${place.host} without encryption.`)
    const service = parameters.get('service')
    if (service !== undefined) place.searchParams.set('service', service)
    place.searchParams.set('scope', parameters.get('scope') ?? `repository:${upstream.repository}:${actions}`)
    const headers = credentials === undefined ? {} : { Authorization: basic(upstream) }
    const response = await this.#outgoing.send({ method: 'GET', url: place, headers })
    const body = await textOf(response, ANSWER_BYTES)
    if (response.statusCode !== 200)
      throw new UpstreamError('denied', `${place.host} gives no token: it answers with ${response.statusCode}.`)
    return this.#parsed(place, body)
  }

  #parsed({ host }: URL, body: string): Known {
    const { token, access_token: other, expires_in: seconds } = jsonOf(body)
    const given = token ?? other
    if (typeof given !== 'string' || given === '') throw new UpstreamError('denied', `${host} gives no token.`)
    const lifeSeconds = typeof seconds === 'number' && seconds > 0 ? seconds : TOKEN_LIFE_SECONDS
    return { header: `Bearer ${given}`, expiresAt: this.#clock.now() + lifeSeconds * 1000 - MARGIN_MS }
  }
}

const keyOf = ({ url, repository, credentials }: Upstream, actions: string): string =>
  JSON.stringify([url.origin, repository, actions, credentials?.username, credentials?.password])

const basic = ({ url, credentials }: Upstream): string => {
  if (credentials === undefined) throw new UpstreamError('denied', `${url.host} wants credentials.`)
  const { username, password } = credentials
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Of the first challenge, where several stand one after another. */
const parametersOf = (challenge: string): ReadonlyMap<string, string> =>
  new Map(
    [...challenge.matchAll(/([a-z_]+)=(?:"([^"]*)"|([^",\s]+))/gi)]
      .toReversed()
      .map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? ''] as const),
  )

const jsonOf = (body: string): TokenAnswer => {
  try {
    return (JSON.parse(body) ?? {}) as TokenAnswer
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** The body, if it is not longer than that. */
export const textOf = async (response: IncomingMessage, limitBytes: number): Promise<string> =>
  (await bytesOf(response, limitBytes)).toString()

export const bytesOf = async (response: IncomingMessage, limitBytes: number): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > limitBytes) throw new UpstreamError('unreachable', 'An answer is longer than such answers are.')
    pieces.push(piece)
  }
  return Buffer.concat(pieces, bytes)
}
