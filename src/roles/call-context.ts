/** Calls that come another way than through the gateway, as guards and operations know calls. */
import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Authenticator } from '../wire/authentication.ts'
import { headerOf } from '../wire/protocol.ts'
import type { CallContext } from '../wire/service.ts'
import type { Caller } from '../wire/sigv4.ts'

/** They are signed as calls of the ECS API. */
const SIGNING_NAME = 'ecs'

/** Who signed a request without a body. Throws `SignatureError`. */
export const callerOf = (
  { url = '/', headers }: IncomingMessage,
  { authenticator, clock }: { readonly authenticator: Authenticator; readonly clock: Clock },
): Caller => authenticator.identify({ method: 'GET', url, headers, body: Buffer.alloc(0) }, SIGNING_NAME, clock.now())

export const callContext = (
  { headers, socket }: IncomingMessage,
  { principal, region }: Caller,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): CallContext => ({
  requestId: ids.uuid(),
  account: principal.account,
  region,
  now: clock.now(),
  principal,
  sourceIp: socket.remoteAddress ?? '',
  userAgent: headerOf(headers, 'user-agent') ?? '',
  isSecureTransport: 'encrypted' in socket,
})
