/** Calls that come another way than through the gateway, as guards and operations know calls. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { headerOf } from '../wire/protocol.ts'
import type { CallContext } from '../wire/service.ts'
import type { Caller } from '../wire/sigv4.ts'

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
