/** Downloads by the addresses that GetTrustStoreCaCertificatesBundle and GetTrustStoreRevocationContent give: whoever has one may get that. */
import type { RequestListener } from 'node:http'
import type { Clock } from '../kit/clock.ts'
import type { Sealer } from '../kit/sealing.ts'
import { openTrustContentPath, type TrustContentAddress } from '../model/load-balancing/trust-content-url.ts'
import type { ReadTables } from '../store/tables.ts'

export interface TrustContentOptions {
  readonly store: { readonly tables: Pick<ReadTables, 'trustStores'> }
  readonly clock: Clock
  readonly sealer: Sealer
}

export const trustContent =
  ({ store, clock, sealer }: TrustContentOptions): RequestListener =>
  (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const address = isRead ? openTrustContentPath(sealer, path, clock.now()) : undefined
    const content = address && contentAt(store.tables, address)
    const [status, type, body] =
      content === undefined
        ? [403, 'text/plain', 'The address has expired, or was never one.\n']
        : [200, 'application/x-pem-file', content]
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
  }

/** Undefined if it is gone. */
const contentAt = (
  { trustStores }: Pick<ReadTables, 'trustStores'>,
  { trustStoreArn, revocationId }: TrustContentAddress,
): string | undefined => {
  const row = trustStores.get(trustStoreArn)
  if (revocationId === undefined) return row?.caCertificatesBundle
  return row?.revocations.find((revocation) => revocation.revocationId === revocationId)?.content
}
