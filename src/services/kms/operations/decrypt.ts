/** Decrypt: what was encrypted under a key that still is there, with the same encryption context. */
import type { DecryptRequest, DecryptResponse } from '@aws-sdk/client-kms'
import { encryptedBy } from '../../../model/kms-ciphertext.ts'
import { demandOnKey } from '../access.ts'
import { openSource, type Source, sourceKey } from '../ciphertexts.ts'
import type { KmsOperation } from '../context.ts'
import { ALGORITHM, checkAlgorithm, checkCryptoRequest, cryptoAccess, unlessDry } from '../crypto-request.ts'

export const decrypt: KmsOperation<DecryptRequest, DecryptResponse> = {
  access: (input, context) => {
    const reference = input.KeyId ?? sourceKey(context, sourceOf(input)).arn
    return [demandOnKey(context, reference, cryptoAccess(input.EncryptionContext))]
  },
  handle: (input, context) => {
    checkCryptoRequest(context, input)
    checkAlgorithm(input.EncryptionAlgorithm)
    const source = sourceOf(input)
    const plain = openSource(context, source)
    return unlessDry(input, {
      KeyId: sourceKey(context, source).arn,
      Plaintext: plain,
      EncryptionAlgorithm: ALGORITHM,
      KeyMaterialId: input.CiphertextBlob && encryptedBy(input.CiphertextBlob)?.materialId,
    })
  },
}

const sourceOf = (input: DecryptRequest): Source => ({
  ciphertext: input.CiphertextBlob,
  keyId: input.KeyId,
  encryptionContext: input.EncryptionContext,
  isDryRun: input.DryRun ?? false,
  modifiers: input.DryRunModifiers ?? [],
})
