/**
 * One small JSON document of an identity provider, over HTTPS, or in the clear from this machine itself. Whose certificate no known
 * authority signed is believed only if the provider was registered with a thumbprint from its chain.
 */
import { hash } from 'node:crypto'
import type { RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { DetailedPeerCertificate } from 'node:tls'
import type { Clock } from '../../../kit/clock.ts'
import { http } from '../../../kit/node.ts'
import { IDENTITY_PROVIDER_ANSWER_BYTES, IDENTITY_PROVIDER_TIMEOUT_MS } from '../../../model/limits.ts'

/** What is asked of whom. `thumbprints` are SHA-1 of certificates, in hexadecimal digits of any case. */
export interface JsonRequest {
  readonly url: URL
  readonly thumbprints: readonly string[]
}

export type FetchJson = (request: JsonRequest) => Promise<unknown>

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** Whether documents are fetched from there at all. */
export const isFetchable = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))

/** Rejects if there is no whole, small answer in time. */
export const fetchJsonWith =
  (clock: Clock): FetchJson =>
  async ({ url, thumbprints }) => {
    if (!isFetchable(url)) throw new Error(`${url.href} is neither HTTPS nor on this machine.`)
    try {
      return parse(await get(clock, url, {}))
    } catch (error) {
      if (thumbprints.length === 0 || !isUntrusted(error)) throw error
      const authority = await authorityOf(clock, url, thumbprints)
      if (authority === undefined) throw error
      return parse(await get(clock, url, { ca: [authority], allowPartialTrustChain: true }))
    }
  }

/** What is wrong with the text is not told: it would repeat some of it, to callers who have proved nothing. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new Error('The answer is not JSON.', { cause: error })
  }
}

const get = async (clock: Clock, url: URL, options: RequestOptions): Promise<string> => {
  const { request: send } = url.protocol === 'https:' ? await import('node:https') : http
  return new Promise((resolve, reject) => {
    const request = send(url, { ...options, agent: false, headers: { accept: 'application/json' } })
    const late = (): void => void request.destroy(new Error(`${url.host} did not answer in time.`))
    const timer = clock.setTimer(IDENTITY_PROVIDER_TIMEOUT_MS, late)
    request.once('close', () => timer.cancel())
    request.once('error', reject)
    request.once('response', (response) => void bodyOf(response).then(resolve, reject))
    request.end()
  })
}

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > IDENTITY_PROVIDER_ANSWER_BYTES) throw new Error('The answer is too large.')
    chunks.push(chunk)
  }
  if (response.statusCode !== 200) throw new Error(`The answer has the status ${response.statusCode}.`)
  return Buffer.concat(chunks).toString()
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

const isUntrusted = (error: unknown): boolean => UNTRUSTED.has((error as NodeJS.ErrnoException).code ?? '')

/** The certificate of the server's chain that has one of the thumbprints, as PEM. Nothing is sent to the server yet. */
const authorityOf = async (clock: Clock, url: URL, thumbprints: readonly string[]): Promise<string | undefined> => {
  const { connect } = await import('node:tls')
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  const wanted = new Set(thumbprints.map((thumbprint) => thumbprint.toLowerCase()))
  return new Promise((resolve, reject) => {
    const servername = isIP(host) === 0 ? host : ''
    const socket = connect({ host, port: Number(url.port || 443), servername, rejectUnauthorized: false })
    const late = (): void => void socket.destroy(new Error(`${url.host} did not answer in time.`))
    const timer = clock.setTimer(IDENTITY_PROVIDER_TIMEOUT_MS, late)
    socket.once('close', () => timer.cancel())
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(findIn(socket.getPeerCertificate(true), wanted))
      socket.destroy()
    })
  })
}

const findIn = (leaf: DetailedPeerCertificate, wanted: ReadonlySet<string>): string | undefined => {
  const seen = new Set<DetailedPeerCertificate>()
  for (let certificate = leaf; certificate?.raw !== undefined; certificate = certificate.issuerCertificate) {
    if (wanted.has(hash('sha1', certificate.raw, 'hex'))) return pem(certificate.raw)
    // The root is its own issuer.
    if (seen.has(certificate)) return undefined
    seen.add(certificate)
  }
  return undefined
}

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
