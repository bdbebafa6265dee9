/** GenerateDataKey: a key for use outside KMS, in the clear and encrypted under a key of KMS. */
import { randomBytes } from 'node:crypto'
import type { GenerateDataKeyRequest, GenerateDataKeyResponse } from '@aws-sdk/client-kms'
import { checkConstraints, validation } from '../../constraints.ts'
import { encryptWithKey, requireKmsKey } from '../../kms-keys.ts'
import { onKey } from '../access.ts'
import type { KmsContext, KmsOperation } from '../context.ts'
import { checkCryptoRequest, checkEncryptionContext, cryptoAccess, unlessDry } from '../crypto-request.ts'

export const generateDataKey: KmsOperation<GenerateDataKeyRequest, GenerateDataKeyResponse> = {
  access: onKey(({ EncryptionContext: context }) => cryptoAccess(context)),
  handle: (input, context) => newDataKey(input, context),
}

const BYTES = { AES_128: 16, AES_256: 32 } as const

export const newDataKey = (input: GenerateDataKeyRequest, context: KmsContext): GenerateDataKeyResponse => {
  checkCryptoRequest(context, input)
  const key = requireKmsKey(context, input.KeyId ?? '')
  const plain = randomBytes(lengthOf(input))
  const ciphertext = encryptWithKey(context, key, plain, checkEncryptionContext(input.EncryptionContext))
  return unlessDry(input, {
    CiphertextBlob: ciphertext,
    Plaintext: plain,
    KeyId: key.arn,
    KeyMaterialId: key.currentMaterialId,
  })
}

const lengthOf = ({ KeySpec, NumberOfBytes }: GenerateDataKeyRequest): number => {
  checkConstraints({ KeySpec }, { KeySpec: { oneOf: Object.keys(BYTES) } })
  const length = KeySpec === undefined ? NumberOfBytes : BYTES[KeySpec]
  if (length === undefined || (KeySpec !== undefined && NumberOfBytes !== undefined))
    throw validation('Please specify either number of bytes or key spec.')
  return length
}
