/** GetTrustStoreCaCertificatesBundle and GetTrustStoreRevocationContent: where to download what a trust store holds, for an hour. */
import type {
  GetTrustStoreCaCertificatesBundleInput,
  GetTrustStoreCaCertificatesBundleOutput,
  GetTrustStoreRevocationContentInput,
  GetTrustStoreRevocationContentOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Elbv2Operation } from '../context.ts'
import { onTrustStore } from '../listener-access.ts'
import { requireTrustStore } from '../lookups.ts'
import { locationOf, requireRevocation } from '../trust-stores.ts'

export const getTrustStoreCaCertificatesBundle: Elbv2Operation<
  GetTrustStoreCaCertificatesBundleInput,
  GetTrustStoreCaCertificatesBundleOutput
> = {
  access: onTrustStore,
  handle: (input, context) => {
    const { trustStoreArn } = requireTrustStore(context, input.TrustStoreArn)
    return { Location: locationOf(context, { trustStoreArn }) }
  },
}

export const getTrustStoreRevocationContent: Elbv2Operation<
  GetTrustStoreRevocationContentInput,
  GetTrustStoreRevocationContentOutput
> = {
  access: onTrustStore,
  handle: (input, context) => {
    const store = requireTrustStore(context, input.TrustStoreArn)
    const { revocationId } = requireRevocation(store, input.RevocationId)
    return { Location: locationOf(context, { trustStoreArn: store.trustStoreArn, revocationId }) }
  },
}
