/** The modelled faults of KMS. */
import { Fault } from '../../wire/fault.ts'
import type { TagFaults } from '../checked-tags.ts'

export const notFound = (message: string): Fault => new Fault({ code: 'NotFoundException', message })

export const alreadyExists = (message: string): Fault => new Fault({ code: 'AlreadyExistsException', message })

export const invalidState = (message: string): Fault => new Fault({ code: 'KMSInvalidStateException', message })

export const limitExceeded = (message: string): Fault => new Fault({ code: 'LimitExceededException', message })

export const unsupported = (message: string): Fault => new Fault({ code: 'UnsupportedOperationException', message })

export const invalidKeyUsage = (message: string): Fault => new Fault({ code: 'InvalidKeyUsageException', message })

export const invalidAliasName = (message: string): Fault => new Fault({ code: 'InvalidAliasNameException', message })

export const invalidArn = (message: string): Fault => new Fault({ code: 'InvalidArnException', message })

export const invalidMarker = (): Fault =>
  new Fault({ code: 'InvalidMarkerException', message: 'The marker is not one of this list.' })

export const invalidGrantToken = (): Fault =>
  new Fault({ code: 'InvalidGrantTokenException', message: 'A grant token is not one of a grant that holds.' })

export const malformedPolicy = (message: string): Fault =>
  new Fault({ code: 'MalformedPolicyDocumentException', message })

/** AWS: `IncorrectKeyException` has this text wherever the two keys are. */
export const incorrectKey = (): Fault =>
  new Fault({
    code: 'IncorrectKeyException',
    message: 'The key ID in the request does not identify a CMK that can perform this operation.',
  })

export const dryRun = (): Fault =>
  new Fault({ code: 'DryRunOperationException', message: 'The request would have succeeded, but DryRun was set.' })

export const accessDenied = (message: string): Fault => new Fault({ code: 'AccessDeniedException', message })

export const tagFaults: TagFaults = {
  invalid: (message) => new Fault({ code: 'TagException', message }),
  tooMany: limitExceeded,
}
