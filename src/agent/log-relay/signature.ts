/** The signature of a request to the relay: who signed, for which region, and whether it holds. Docker and the agent share one clock and one machine. */
import type { IncomingHttpHeaders } from 'node:http'
import {
  type CanonicalRequest,
  canonicalHeader,
  scopeText,
  type SigningScope,
  signatureOf,
  signingKey,
  stringToSign,
} from '../../model/signature-v4.ts'
import { isSame } from './relay-keys.ts'

export interface Signature {
  readonly accessKeyId: string
  readonly scope: SigningScope
  /** Names in lower case. */
  readonly signedHeaders: readonly string[]
  /** 64 hexadecimal digits. */
  readonly text: string
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/logs\/aws4_request, ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$/

/** As the request claims it; undefined if it claims none for CloudWatch Logs. */
export const signatureIn = ({ authorization = '' }: IncomingHttpHeaders): Signature | undefined => {
  const [, accessKeyId = '', date = '', region = '', names = '', text = ''] = AUTHORIZATION.exec(authorization) ?? []
  if (text === '') return undefined
  return { accessKeyId, scope: { date, region, service: 'logs' }, signedHeaders: names.split(';'), text }
}

/** Whether the secret key made it, of a request to `/` with these headers and a body of that hash. */
export const holds = (
  { scope, signedHeaders, text }: Signature,
  secretAccessKey: string,
  headers: IncomingHttpHeaders,
  payloadHash: string,
): boolean => {
  const canonical: CanonicalRequest = {
    method: 'POST',
    path: '/',
    query: '',
    headerLines: signedHeaders.map((name) => `${name}:${canonicalHeader(headers[name] ?? '')}\n`).join(''),
    signedHeaders: signedHeaders.join(';'),
    payloadHash,
  }
  const time = String(headers['x-amz-date'] ?? '')
  // What counts must be signed, or it could be changed: the rest of the request is its body, and no header but these is looked at.
  const isComplete = ['host', 'x-amz-date', 'x-amz-target'].every((name) => signedHeaders.includes(name))
  return (
    isComplete &&
    isSame(signatureOf(signingKey(secretAccessKey, scope), stringToSign(canonical, time, scopeText(scope))), text)
  )
}
