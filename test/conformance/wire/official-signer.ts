/** The signer of the AWS SDK, as one of its clients carries it. */
import { ECSClient } from '@aws-sdk/client-ecs'
import type { SignedRequest } from '../../../src/wire/sigv4.ts'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export type Query = Readonly<Record<string, string | readonly string[]>>

export interface UnsignedRequest {
  readonly method?: string
  readonly path?: string
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface SigningOptions {
  readonly keys: Keys
  readonly at: number
  readonly region?: string
  readonly service?: string
  /** Presigns, for that many seconds. */
  readonly expiresIn?: number
}

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query: Query
  readonly headers: Readonly<Record<string, string>>
}

interface Signer {
  sign(request: object, options: { signingDate: Date }): Promise<SdkRequest>
  presign(request: object, options: { signingDate: Date; expiresIn: number }): Promise<SdkRequest>
}

const HOST = '127.0.0.1:4566'

/** The request as it goes over the wire. */
export const officiallySigned = async (
  request: UnsignedRequest,
  { keys, at, region = 'eu-west-1', service = 'ecs', expiresIn }: SigningOptions,
): Promise<SignedRequest> => {
  const { method = 'POST', path = '/', query = {}, headers = {}, body = '' } = request
  const { config } = new ECSClient({ region, endpoint: `http://${HOST}`, credentials: keys })
  const signer = await (config as unknown as { signer: (scheme: object) => Promise<Signer> }).signer({
    name: 'sigv4',
    signingName: service,
    signingRegion: region,
  })
  const unsigned = { method, protocol: 'http:', hostname: HOST, path, query, headers: { host: HOST, ...headers }, body }
  const options = { signingDate: new Date(at) }
  const signed = await (expiresIn === undefined
    ? signer.sign(unsigned, options)
    : signer.presign(unsigned, { ...options, expiresIn }))
  return {
    method,
    url: signed.path + queryText(signed.query),
    headers: Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body),
  }
}

const queryText = (query: Query): string => {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
