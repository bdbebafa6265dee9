/** DescribeKey: everything about a key but its material. */
import type { DescribeKeyRequest, DescribeKeyResponse } from '@aws-sdk/client-kms'
import { requireKmsKey } from '../../kms-keys.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { checkGrantTokens } from '../grants.ts'
import { describeKeyRecord } from '../describe-key.ts'

export const describeKey: KmsOperation<DescribeKeyRequest, DescribeKeyResponse> = {
  access: onKey(),
  handle: (input, context) => {
    checkGrantTokens(context, input.GrantTokens)
    return { KeyMetadata: describeKeyRecord(requireKmsKey(context, input.KeyId ?? '')) }
  },
}
