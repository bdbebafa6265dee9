/** DisassociateKmsKey: from now on, a group's events are not encrypted under a KMS key. Those that are stay so, and need it. */
import type { DisassociateKmsKeyRequest } from '@aws-sdk/client-cloudwatch-logs'
import { onEncrypted, requireEncrypted } from '../encrypted-resource.ts'
import type { LogsOperation } from '../context.ts'

export const disassociateKmsKey: LogsOperation<DisassociateKmsKeyRequest> = {
  access: onEncrypted,
  handle: (input, context) => {
    context.tx.logGroups.update(requireEncrypted(context, input).arn, { kmsKeyArn: undefined })
    return {}
  },
}
