/** CreateKey: a symmetric key that encrypts and decrypts, with material of its own. */
import type { CreateKeyRequest, CreateKeyResponse } from '@aws-sdk/client-kms'
import { kmsKeyArn } from '../../../model/arn.ts'
import { KMS_DESCRIPTION_LENGTH } from '../../../model/limits.ts'
import { checkedTags, requestTagContext } from '../../checked-tags.ts'
import { checkConstraints } from '../../constraints.ts'
import { createKmsKey } from '../../kms-keys.ts'
import type { Demand } from '../../operations.ts'
import type { KmsContext, KmsOperation } from '../context.ts'
import { describeKeyRecord } from '../describe-key.ts'
import { tagFaults, unsupported } from '../faults.ts'
import { bypassContext, checkKeyPolicy, checkLockout } from '../key-policies.ts'
import { tagsOf } from '../tags.ts'

export const createKey: KmsOperation<CreateKeyRequest, CreateKeyResponse> = {
  access: (input, context) => [{ resource: '*', context: newKeyContext(input, context) }, ...tagDemand(input, context)],
  handle: (input, context) => {
    checkKind(input)
    const { Policy: policy, Description: description = '' } = input
    checkConstraints(input, { Description: { max: KMS_DESCRIPTION_LENGTH } })
    if (policy !== undefined) checkKeyPolicy(policy)
    const key = createKmsKey(context, { policy, description, tags: checkedTags(tagsOf(input.Tags), tagFaults) })
    checkLockout(context, key, input.BypassPolicyLockoutSafetyCheck)
    return { KeyMetadata: describeKeyRecord(key) }
  },
}

const newKeyContext = (input: CreateKeyRequest, { principal }: KmsContext) => ({
  'kms:calleraccount': [principal.account],
  'kms:keyspec': [input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'],
  'kms:keyusage': [input.KeyUsage ?? 'ENCRYPT_DECRYPT'],
  'kms:keyorigin': [input.Origin ?? 'AWS_KMS'],
  'kms:multiregion': [String(input.MultiRegion ?? false)],
  ...bypassContext(input),
  ...requestTagContext(tagsOf(input.Tags)),
})

const tagDemand = ({ Tags = [] }: CreateKeyRequest, { region, account }: KmsContext): readonly Demand[] =>
  Tags.length === 0
    ? []
    : [
        {
          action: 'kms:TagResource',
          resource: kmsKeyArn(region, account, '*'),
          context: requestTagContext(tagsOf(Tags)),
        },
      ]

const SUPPORTED = {
  KeySpec: 'SYMMETRIC_DEFAULT',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeyUsage: 'ENCRYPT_DECRYPT',
  Origin: 'AWS_KMS',
  MultiRegion: false,
  CustomKeyStoreId: undefined,
  XksKeyId: undefined,
} as const

const checkKind = (input: CreateKeyRequest): void => {
  for (const [name, only] of Object.entries(SUPPORTED)) {
    const given = input[name as keyof typeof SUPPORTED]
    if (given === undefined || given === only) continue
    throw unsupported(
      only === undefined
        ? `${name} is not supported: keys have material of their own.`
        : `${name} can be ${String(only)} only: keys are symmetric, encrypt and decrypt, and belong to one Region.`,
    )
  }
}
