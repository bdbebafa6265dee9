/** ModifyTrustStore: its certificates are replaced. */
import type { ModifyTrustStoreInput, ModifyTrustStoreOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { CaBundle } from '../../../model/load-balancing/trust-contents.ts'
import { prepared } from '../../operations.ts'
import type { Elbv2Deps } from '../context.ts'
import { onTrustStore } from '../listener-access.ts'
import { requireTrustStore } from '../lookups.ts'
import { contentOf, type Read, readCaBundle } from '../trust-content.ts'
import { describeTrustStore } from '../trust-stores.ts'

export const modifyTrustStore = prepared<Elbv2Deps, ModifyTrustStoreInput, ModifyTrustStoreOutput, Read<CaBundle>>({
  access: onTrustStore,
  prepare: (input, context) =>
    readCaBundle(
      {
        bucket: input.CaCertificatesBundleS3Bucket ?? '',
        key: input.CaCertificatesBundleS3Key ?? '',
        version: input.CaCertificatesBundleS3ObjectVersion,
      },
      context,
    ),
  handle: (input, context) => {
    const { trustStoreArn } = requireTrustStore(context, input.TrustStoreArn)
    const { pem } = contentOf(context.prepared)
    const store = context.tx.trustStores.update(trustStoreArn, { caCertificatesBundle: pem })
    return { TrustStores: [describeTrustStore(store)] }
  },
})
