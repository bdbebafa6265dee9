/** IAM's modelled faults, by the names its model gives them; clients see them without `Exception`. */
import { Fault } from '../../wire/fault.ts'

export const validationError = (message: string): Fault => new Fault({ code: 'ValidationError', message })

export const invalidInput = (message: string): Fault => new Fault({ code: 'InvalidInputException', message })

export const noSuchEntity = (message: string): Fault => new Fault({ code: 'NoSuchEntityException', message })

export const entityAlreadyExists = (message: string): Fault =>
  new Fault({ code: 'EntityAlreadyExistsException', message })

export const deleteConflict = (message: string): Fault => new Fault({ code: 'DeleteConflictException', message })

/** `quota` as AWS names it, e.g. `AccessKeysPerUser`. */
export const quotaExceeded = (quota: string, limit: number): Fault =>
  limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`)

export const limitExceeded = (message: string): Fault => new Fault({ code: 'LimitExceededException', message })

export const malformedPolicyDocument = (message: string): Fault =>
  new Fault({ code: 'MalformedPolicyDocumentException', message })

export const unmodifiableEntity = (message: string): Fault =>
  new Fault({ code: 'UnmodifiableEntityException', message })

export const policyNotAttachable = (message: string): Fault =>
  new Fault({ code: 'PolicyNotAttachableException', message })

export const malformedCertificate = (message: string): Fault =>
  new Fault({ code: 'MalformedCertificateException', message })

export const keyPairMismatch = (message: string): Fault => new Fault({ code: 'KeyPairMismatchException', message })

/** Where it is not the caller's policies that deny, but whose the resource is. */
export const accessDenied = (message: string): Fault => new Fault({ code: 'AccessDenied', message, status: 403 })
