/** GenerateRandom: bytes that nobody could have guessed. */
import { randomBytes } from 'node:crypto'
import type { GenerateRandomRequest, GenerateRandomResponse } from '@aws-sdk/client-kms'
import { KMS_RANDOM_BYTES } from '../../../model/limits.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { checkRecipient } from '../crypto-request.ts'
import { unsupported } from '../faults.ts'

export const generateRandom: KmsOperation<GenerateRandomRequest, GenerateRandomResponse> = {
  access: onAnything,
  handle: (input) => {
    checkConstraints(input, { NumberOfBytes: KMS_RANDOM_BYTES })
    checkRecipient(input)
    if (input.CustomKeyStoreId !== undefined) throw unsupported('There are no custom key stores.')
    if (input.NumberOfBytes === undefined) throw validation('NumberOfBytes must not be null.')
    return { Plaintext: randomBytes(input.NumberOfBytes) }
  },
}
