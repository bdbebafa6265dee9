/** DeleteTrustStore: one that no listener uses. */
import type { DeleteTrustStoreInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Elbv2Operation } from '../context.ts'
import { onTrustStore } from '../listener-access.ts'
import { trustStoreInUse } from '../listener-faults.ts'
import { requireTrustStore } from '../lookups.ts'
import { listenersTrusting } from '../trust-stores.ts'

export const deleteTrustStore: Elbv2Operation<DeleteTrustStoreInput> = {
  access: onTrustStore,
  handle: (input, context) => {
    const { trustStoreArn } = requireTrustStore(context, input.TrustStoreArn)
    if (listenersTrusting(context, trustStoreArn).length > 0)
      throw trustStoreInUse(`Trust store '${trustStoreArn}' is currently in use by a listener`)
    context.tx.trustStores.remove(trustStoreArn)
    return {}
  },
}
