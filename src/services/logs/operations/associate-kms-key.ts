/** AssociateKmsKey: from now on, a group's events are encrypted under a KMS key. Those that are there stay as they are. */
import type { AssociateKmsKeyRequest } from '@aws-sdk/client-cloudwatch-logs'
import { onEncrypted, requireEncrypted } from '../encrypted-resource.ts'
import type { LogsOperation } from '../context.ts'
import { encryptionWith } from '../encryption.ts'

export const associateKmsKey: LogsOperation<AssociateKmsKeyRequest> = {
  access: onEncrypted,
  handle: (input, context) => {
    const group = requireEncrypted(context, input)
    context.tx.logGroups.update(group.arn, encryptionWith(context, group, input.kmsKeyId ?? ''))
    return {}
  },
}
