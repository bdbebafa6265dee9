/** What the operations on trust stores share. */
import type { TrustStore, TrustStoreRevocation } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ListenerRecord, TrustStoreRecord } from '../../model/load-balancing/records.ts'
import { type TrustContentAddress, trustContentPath } from '../../model/load-balancing/trust-content-url.ts'
import { countCertificates } from '../../model/load-balancing/trust-contents.ts'
import type { Elbv2Context } from './context.ts'
import { revocationIdNotFound } from './listener-faults.ts'

export const describeTrustStore = (store: TrustStoreRecord): TrustStore => ({
  Name: store.name,
  TrustStoreArn: store.trustStoreArn,
  Status: 'ACTIVE',
  NumberOfCaCertificates: countCertificates(store.caCertificatesBundle),
  TotalRevokedEntries: revokedEntries(store),
})

export const revokedEntries = ({ revocations }: Pick<TrustStoreRecord, 'revocations'>): number =>
  revocations.reduce((sum, revocation) => sum + revocation.revokedEntries, 0)

export const describeRevocation = (
  { trustStoreArn }: TrustStoreRecord,
  { revocationId, revokedEntries: entries }: TrustStoreRecord['revocations'][number],
): TrustStoreRevocation => ({
  TrustStoreArn: trustStoreArn,
  RevocationId: revocationId,
  RevocationType: 'CRL',
  NumberOfRevokedEntries: entries,
})

export const requireRevocation = (
  { trustStoreArn, revocations }: TrustStoreRecord,
  id = 0,
): TrustStoreRecord['revocations'][number] => {
  const revocation = revocations.find(({ revocationId }) => revocationId === id)
  if (revocation === undefined)
    throw revocationIdNotFound(`Revocation ID '${id}' not found in trust store '${trustStoreArn}'`)
  return revocation
}

/** The listeners that verify clients with it. */
export const listenersTrusting = ({ tx }: Elbv2Context, trustStoreArn: string): readonly ListenerRecord[] =>
  [...tx.listeners.rows()].filter(({ mutualAuthentication: mutual }) => mutual?.TrustStoreArn === trustStoreArn)

/** Where whoever has the address can download it, by the name that the caller has for this server. */
export const locationOf = (context: Elbv2Context, address: TrustContentAddress): string => {
  const { sealer, now, isSecureTransport, host = 'localhost' } = context
  return `${isSecureTransport === true ? 'https' : 'http'}://${host}${trustContentPath(sealer, address, now)}`
}
