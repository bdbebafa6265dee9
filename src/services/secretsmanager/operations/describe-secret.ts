/** DescribeSecret: everything about a secret but its values. */
import type { DescribeSecretRequest, DescribeSecretResponse } from '@aws-sdk/client-secrets-manager'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { describeSecretRecord, versionsToStages } from '../describe.ts'
import { requireSecret } from '../lookups.ts'

export const describeSecret: SecretsOperation<DescribeSecretRequest, DescribeSecretResponse> = {
  access: onSecret(),
  handle: ({ SecretId }, context) => {
    const secret = requireSecret(context, SecretId)
    return { ...describeSecretRecord(secret), VersionIdsToStages: versionsToStages(context, secret) }
  },
}
