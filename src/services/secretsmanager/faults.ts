/** The modelled faults of Secrets Manager. Texts that more than one operation needs are fixed here. */
import { Fault } from '../../wire/fault.ts'
import type { TagFaults } from '../checked-tags.ts'

export const invalidParameter = (message: string): Fault => new Fault({ code: 'InvalidParameterException', message })

export const invalidRequest = (message: string): Fault => new Fault({ code: 'InvalidRequestException', message })

export const resourceExists = (message: string): Fault => new Fault({ code: 'ResourceExistsException', message })

export const resourceNotFound = (message: string): Fault => new Fault({ code: 'ResourceNotFoundException', message })

export const limitExceeded = (message: string): Fault => new Fault({ code: 'LimitExceededException', message })

export const malformedPolicy = (message: string): Fault =>
  new Fault({ code: 'MalformedPolicyDocumentException', message })

export const publicPolicy = (): Fault =>
  new Fault({
    code: 'PublicPolicyException',
    message: 'You can’t create a policy with a wildcard for the principal: it would give broad access to the secret.',
  })

export const invalidNextToken = (): Fault =>
  new Fault({ code: 'InvalidNextTokenException', message: 'The next token is not one of this list.' })

export const encryptionFailure = (reason: string): Fault =>
  new Fault({
    code: 'EncryptionFailure',
    message: `Secrets Manager can't encrypt the protected secret text using the provided KMS key. ${reason}`,
  })

export const decryptionFailure = (reason: string): Fault =>
  new Fault({
    code: 'DecryptionFailure',
    message: `Secrets Manager can't decrypt the protected secret text using the provided KMS key. ${reason}`,
  })

export const secretNotFound = (): Fault => resourceNotFound("Secrets Manager can't find the specified secret.")

export const markedForDeletion = (): Fault =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.")

export const tagFaults: TagFaults = { invalid: invalidParameter, tooMany: invalidParameter }
