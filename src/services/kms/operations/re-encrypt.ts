/** ReEncrypt: from one key or encryption context to another, without the plaintext leaving. */
import type { ReEncryptRequest, ReEncryptResponse } from '@aws-sdk/client-kms'
import { encryptedBy } from '../../../model/kms-ciphertext.ts'
import { encryptWithKey, requireKmsKey } from '../../kms-keys.ts'
import type { Demand } from '../../operations.ts'
import { demandOnKey } from '../access.ts'
import { openSource, type Source, sourceKey } from '../ciphertexts.ts'
import type { KmsContext, KmsOperation } from '../context.ts'
import {
  ALGORITHM,
  checkAlgorithm,
  checkCryptoRequest,
  checkEncryptionContext,
  cryptoAccess,
  unlessDry,
} from '../crypto-request.ts'

export const reEncrypt: KmsOperation<ReEncryptRequest, ReEncryptResponse> = {
  access: (input, context) => demands(input, context),
  handle: (input, context) => {
    checkCryptoRequest(context, input)
    checkAlgorithm(input.SourceEncryptionAlgorithm)
    checkAlgorithm(input.DestinationEncryptionAlgorithm)
    const source = sourceOf(input)
    const plain = openSource(context, source)
    const key = requireKmsKey(context, input.DestinationKeyId ?? '')
    const ciphertext = encryptWithKey(context, key, plain, checkEncryptionContext(input.DestinationEncryptionContext))
    return unlessDry(input, {
      CiphertextBlob: ciphertext,
      SourceKeyId: sourceKey(context, source).arn,
      KeyId: key.arn,
      SourceEncryptionAlgorithm: ALGORITHM,
      DestinationEncryptionAlgorithm: ALGORITHM,
      SourceKeyMaterialId: input.CiphertextBlob && encryptedBy(input.CiphertextBlob)?.materialId,
      DestinationKeyMaterialId: key.currentMaterialId,
    })
  },
}

const demands = (input: ReEncryptRequest, context: KmsContext): readonly Demand[] => {
  const from = demandOnKey(context, input.SourceKeyId ?? sourceKey(context, sourceOf(input)).arn, {
    action: 'kms:ReEncryptFrom',
    ...cryptoAccess(input.SourceEncryptionContext),
  })
  const to = demandOnKey(context, input.DestinationKeyId ?? '', {
    action: 'kms:ReEncryptTo',
    ...cryptoAccess(input.DestinationEncryptionContext),
  })
  const same = { 'kms:reencryptonsamekey': [String(from.resource === to.resource)] }
  return [from, to].map((demand) => ({ ...demand, context: { ...demand.context, ...same } }))
}

const sourceOf = (input: ReEncryptRequest): Source => ({
  ciphertext: input.CiphertextBlob,
  keyId: input.SourceKeyId,
  encryptionContext: input.SourceEncryptionContext,
  isDryRun: input.DryRun ?? false,
  modifiers: input.DryRunModifiers ?? [],
})
