/** GenerateDataKeyWithoutPlaintext: a data key for later: whoever needs it has it decrypted then. */
import type {
  GenerateDataKeyWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextResponse,
} from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { cryptoAccess } from '../crypto-request.ts'
import { newDataKey } from './generate-data-key.ts'

export const generateDataKeyWithoutPlaintext: KmsOperation<
  GenerateDataKeyWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextResponse
> = {
  access: onKey(({ EncryptionContext: context }) => cryptoAccess(context)),
  handle: (input, context) => {
    const { Plaintext: _plain, ...answer } = newDataKey(input, context)
    return answer
  },
}
