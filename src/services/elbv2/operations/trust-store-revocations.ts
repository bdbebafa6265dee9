/** AddTrustStoreRevocations, RemoveTrustStoreRevocations and DescribeTrustStoreRevocations: lists of certificates that are not trusted. */
import type {
  AddTrustStoreRevocationsInput,
  AddTrustStoreRevocationsOutput,
  DescribeTrustStoreRevocationsInput,
  DescribeTrustStoreRevocationsOutput,
  RemoveTrustStoreRevocationsInput,
  RevocationContent,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  REVOCATIONS_PER_TRUST_STORE,
  REVOKED_ENTRIES_PER_TRUST_STORE,
} from '../../../model/load-balancing/listener-limits.ts'
import type { TrustStoreRecord } from '../../../model/load-balancing/records.ts'
import type { RevocationList } from '../../../model/load-balancing/trust-contents.ts'
import { prepared } from '../../operations.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Deps, Elbv2Operation } from '../context.ts'
import { validationError } from '../faults.ts'
import { onTrustStore } from '../listener-access.ts'
import { tooManyRevocationEntries } from '../listener-faults.ts'
import { requireTrustStore } from '../lookups.ts'
import { page } from '../page.ts'
import { contentOf, type Read, readRevocationList } from '../trust-content.ts'
import { describeRevocation, requireRevocation, revokedEntries } from '../trust-stores.ts'

type Revocation = TrustStoreRecord['revocations'][number]

export const addTrustStoreRevocations = prepared<
  Elbv2Deps,
  AddTrustStoreRevocationsInput,
  AddTrustStoreRevocationsOutput,
  readonly Read<RevocationList>[]
>({
  access: onTrustStore,
  prepare: ({ RevocationContents: contents = [] }, context) =>
    Promise.all(
      contents
        .slice(0, REVOCATIONS_PER_TRUST_STORE)
        .map(({ S3Bucket: bucket = '', S3Key: key = '', S3ObjectVersion: version }) =>
          readRevocationList({ bucket, key, version }, context),
        ),
    ),
  handle: (input, context) => {
    const store = requireTrustStore(context, input.TrustStoreArn)
    checkContents(input.RevocationContents, store)
    const added = context.prepared.map(contentOf).map(({ pem, revokedEntries: entries }, index): Revocation => ({
      revocationId: nextId(store) + index,
      content: pem,
      revokedEntries: entries,
    }))
    const revocations = [...store.revocations, ...added]
    if (revokedEntries({ revocations }) > REVOKED_ENTRIES_PER_TRUST_STORE)
      throw tooManyRevocationEntries(`A trust store can only have '${REVOKED_ENTRIES_PER_TRUST_STORE}' revoked entries`)
    context.tx.trustStores.update(store.trustStoreArn, { revocations })
    return { TrustStoreRevocations: added.map((revocation) => describeRevocation(store, revocation)) }
  },
})

const checkContents = (contents: readonly RevocationContent[] = [], { revocations }: TrustStoreRecord): void => {
  if (contents.length === 0) throw validationError('A revocation file must be specified')
  if (contents.some(({ RevocationType: type = 'CRL' }) => type !== 'CRL'))
    throw validationError("The revocation type must be one of '[CRL]'")
  if (revocations.length + contents.length > REVOCATIONS_PER_TRUST_STORE)
    throw tooManyRevocationEntries(`A trust store can only have '${REVOCATIONS_PER_TRUST_STORE}' revocation files`)
}

const nextId = ({ revocations }: TrustStoreRecord): number =>
  Math.max(0, ...revocations.map(({ revocationId }) => revocationId)) + 1

export const removeTrustStoreRevocations: Elbv2Operation<RemoveTrustStoreRevocationsInput> = {
  access: onTrustStore,
  handle: ({ TrustStoreArn: arn, RevocationIds: ids = [] }, context) => {
    const store = requireTrustStore(context, arn)
    for (const id of ids) requireRevocation(store, id)
    const revocations = store.revocations.filter(({ revocationId }) => !ids.includes(revocationId))
    context.tx.trustStores.update(store.trustStoreArn, { revocations })
    return {}
  },
}

export const describeTrustStoreRevocations: Elbv2Operation<
  DescribeTrustStoreRevocationsInput,
  DescribeTrustStoreRevocationsOutput
> = {
  access: onAnything,
  handle: (input, context) => {
    const store = requireTrustStore(context, input.TrustStoreArn)
    const ids = input.RevocationIds ?? []
    const found = ids.length > 0 ? [...new Set(ids)].map((id) => requireRevocation(store, id)) : store.revocations
    const scope = `trust-store-revocations/${store.trustStoreArn}`
    const { items, rest } = page(context, scope, found, input, ({ revocationId }) =>
      String(revocationId).padStart(10, '0'),
    )
    return { TrustStoreRevocations: items.map((revocation) => describeRevocation(store, revocation)), ...rest }
  },
}
