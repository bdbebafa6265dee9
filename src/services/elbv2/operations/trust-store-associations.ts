/** DescribeTrustStoreAssociations and DeleteSharedTrustStoreAssociation: which listeners use a trust store. */
import type {
  DeleteSharedTrustStoreAssociationInput,
  DescribeTrustStoreAssociationsInput,
  DescribeTrustStoreAssociationsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { onAnything } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { onTrustStore } from '../listener-access.ts'
import { deleteAssociationSameAccount, trustStoreAssociationNotFound } from '../listener-faults.ts'
import { requireTrustStore } from '../lookups.ts'
import { page } from '../page.ts'
import { listenersTrusting } from '../trust-stores.ts'

export const describeTrustStoreAssociations: Elbv2Operation<
  DescribeTrustStoreAssociationsInput,
  DescribeTrustStoreAssociationsOutput
> = {
  access: onAnything,
  handle: (input, context) => {
    const { trustStoreArn } = requireTrustStore(context, input.TrustStoreArn)
    const listeners = listenersTrusting(context, trustStoreArn)
    const scope = `trust-store-associations/${trustStoreArn}`
    const { items, rest } = page(context, scope, listeners, input, ({ listenerArn }) => listenerArn)
    return { TrustStoreAssociations: items.map(({ listenerArn }) => ({ ResourceArn: listenerArn })), ...rest }
  },
}

/** AWS: for listeners of other accounts, which there are not; one's own are modified instead. */
export const deleteSharedTrustStoreAssociation: Elbv2Operation<DeleteSharedTrustStoreAssociationInput> = {
  access: onTrustStore,
  handle: (input, context) => {
    const { trustStoreArn } = requireTrustStore(context, input.TrustStoreArn)
    const { ResourceArn: resourceArn } = input
    if (listenersTrusting(context, trustStoreArn).some(({ listenerArn }) => listenerArn === resourceArn))
      throw deleteAssociationSameAccount(
        `The association of trust store '${trustStoreArn}' with '${resourceArn}' is within the same account`,
      )
    throw trustStoreAssociationNotFound(`Trust store '${trustStoreArn}' is not associated with '${resourceArn}'`)
  },
}
