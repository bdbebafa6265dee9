/** Encrypt: up to 4096 bytes, under a key that the ciphertext names. */
import type { EncryptRequest, EncryptResponse } from '@aws-sdk/client-kms'
import { defined } from '../../../kit/assert.ts'
import { encryptWithKey, requireKmsKey } from '../../kms-keys.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import {
  ALGORITHM,
  checkAlgorithm,
  checkCryptoRequest,
  checkEncryptionContext,
  cryptoAccess,
  unlessDry,
} from '../crypto-request.ts'

export const encrypt: KmsOperation<EncryptRequest, EncryptResponse> = {
  access: onKey(({ EncryptionContext: context }) => cryptoAccess(context)),
  handle: (input, context) => {
    checkCryptoRequest(context, input)
    checkAlgorithm(input.EncryptionAlgorithm)
    const key = requireKmsKey(context, input.KeyId ?? '')
    const plain = defined(input.Plaintext, 'Plaintext')
    const ciphertext = encryptWithKey(context, key, plain, checkEncryptionContext(input.EncryptionContext))
    return unlessDry(input, { CiphertextBlob: ciphertext, KeyId: key.arn, EncryptionAlgorithm: ALGORITHM })
  },
}
