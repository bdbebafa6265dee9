/**
 * `GET /public-keys/elb/<key id>`: the key with which targets verify what load balancers tell them of users, as AWS answers under
 * `https://public-keys.auth.elb.<region>.amazonaws.com/<key id>`. It is public: nobody has to prove who they are.
 */
import type { RequestListener } from 'node:http'
import { type ClaimsKey, claimsKey } from '../model/load-balancing/claims-key.ts'

export const CLAIMS_KEYS_PATH = '/public-keys/elb/'

/** `cookieKey`: as balancers are told it. */
export const claimsKeys = (cookieKey: string): RequestListener => {
  let key: ClaimsKey | undefined
  return (request, response) => {
    key ??= claimsKey(cookieKey)
    const isThat = request.url?.split('?', 1)[0] === `${CLAIMS_KEYS_PATH}${key.keyId}`
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const [status, type, body] =
      isThat && isRead ? [200, 'application/x-pem-file', key.publicKey] : [404, 'text/plain', 'There is no such key.\n']
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}
