/** ListKeys: ids and ARNs of the keys of the caller's account and region. */
import type { ListKeysRequest, ListKeysResponse } from '@aws-sdk/client-kms'
import { onAnything } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { page } from '../page.ts'

export const listKeys: KmsOperation<ListKeysRequest, ListKeysResponse> = {
  access: onAnything,
  handle: (input, context) => {
    const { tx, account, region } = context
    const keys = [...tx.kmsKeys.rows()].filter((key) => key.account === account && key.region === region)
    const { items, rest } = page(context, 'ListKeys', keys, input, ({ keyId }) => keyId)
    return { Keys: items.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), ...rest }
  },
}
