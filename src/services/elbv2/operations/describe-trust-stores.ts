/** DescribeTrustStores: those that are named by ARN or name, or all. */
import type { DescribeTrustStoresInput, DescribeTrustStoresOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { TrustStoreRecord } from '../../../model/load-balancing/records.ts'
import { homeKey, homeNameKey } from '../../../store/load-balancing/load-balancing-tables.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { getTrustStore, requireKind, someNotFound } from '../lookups.ts'
import { findNamed, type Naming } from '../named.ts'
import { page } from '../page.ts'
import { describeTrustStore } from '../trust-stores.ts'

const trustStores: Naming<TrustStoreRecord> = {
  kind: 'truststore',
  words: 'trust store',
  byArn: (context, arn) => {
    requireKind('truststore', arn)
    const row = getTrustStore(context, arn)
    if (row === undefined) throw someNotFound('truststore')
    return row
  },
  byName: ({ tx, account, region }, name) => tx.trustStores.find('byName', homeNameKey({ account, region, name }))[0],
  all: (context) => context.tx.trustStores.find('byHome', homeKey(context)),
}

export const describeTrustStores: Elbv2Operation<DescribeTrustStoresInput, DescribeTrustStoresOutput> = {
  access: onAnything,
  handle: (input, context) => {
    const found = findNamed(trustStores, context, input.TrustStoreArns, input.Names)
    const { items, rest } = page(context, 'trust-stores', found, input, ({ trustStoreArn }) => trustStoreArn)
    return { TrustStores: items.map(describeTrustStore), ...rest }
  },
}
