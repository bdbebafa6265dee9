/** CreateTrustStore: certificates of authorities that listeners verify clients with. */
import type { CreateTrustStoreInput, CreateTrustStoreOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { trustStoreArn } from '../../../model/arn.ts'
import { LOAD_BALANCER_NAME_LENGTH } from '../../../model/load-balancing/limits.ts'
import type { CaBundle } from '../../../model/load-balancing/trust-contents.ts'
import { homeKey, homeNameKey } from '../../../store/load-balancing/load-balancing-tables.ts'
import { prepared } from '../../operations.ts'
import { onCreated } from '../access.ts'
import type { Elbv2Deps } from '../context.ts'
import { validationError } from '../faults.ts'
import { duplicateTrustStoreName, tooManyTrustStores } from '../listener-faults.ts'
import { newElbId } from '../../../model/load-balancing/new-rows.ts'
import { checkQuota } from '../quotas.ts'
import { checkedTags } from '../tags.ts'
import { contentOf, type Read, readCaBundle } from '../trust-content.ts'
import { describeTrustStore } from '../trust-stores.ts'

export const createTrustStore = prepared<Elbv2Deps, CreateTrustStoreInput, CreateTrustStoreOutput, Read<CaBundle>>({
  access: ({ Name: name = '', Tags: tags }, { region, account }) =>
    onCreated('CreateTrustStore', trustStoreArn(region, account, name, '*'), tags),
  prepare: (input, context) =>
    readCaBundle(
      {
        bucket: input.CaCertificatesBundleS3Bucket ?? '',
        key: input.CaCertificatesBundleS3Key ?? '',
        version: input.CaCertificatesBundleS3ObjectVersion,
      },
      context,
    ),
  handle: ({ Name: name = '', Tags: tags }, context) => {
    const { tx, account, region, ids, now } = context
    if (name.length > LOAD_BALANCER_NAME_LENGTH || !NAME.test(name))
      throw validationError(`Trust store name '${name}' is not valid`)
    if (tx.trustStores.findSize('byName', homeNameKey({ account, region, name })) > 0)
      throw duplicateTrustStoreName(`A trust store with the name '${name}' already exists`)
    checkQuota(
      'trust-stores',
      tx.trustStores.findSize('byHome', homeKey(context)),
      'trust stores in this account',
      tooManyTrustStores,
    )
    const store = tx.trustStores.insert({
      trustStoreArn: trustStoreArn(region, account, name, newElbId(ids)),
      account,
      region,
      name,
      caCertificatesBundle: contentOf(context.prepared).pem,
      revocations: [],
      createdAt: now,
      tags: checkedTags(tags),
    })
    return { TrustStores: [describeTrustStore(store)] }
  },
})

const NAME = /^([a-zA-Z0-9]+-)*[a-zA-Z0-9]+$/
