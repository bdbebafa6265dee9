/** STS's faults, by the names its model gives them; clients see them without `Exception`. */
import { Fault } from '../../wire/fault.ts'

export const validationError = (message: string): Fault => new Fault({ code: 'ValidationError', message })

export const invalidParameterValue = (message: string): Fault => new Fault({ code: 'InvalidParameterValue', message })

export const accessDenied = (message: string): Fault => new Fault({ code: 'AccessDenied', message, status: 403 })

/** AWS: the same sentence for a role that does not trust the caller and for one that is not there. */
export const mayNot = (principalArn: string, action: string, resource: string): Fault =>
  accessDenied(`User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource}`)

export const malformedPolicyDocument = (message: string): Fault =>
  new Fault({ code: 'MalformedPolicyDocumentException', message })

export const packedPolicyTooLarge = (message: string): Fault =>
  new Fault({ code: 'PackedPolicyTooLargeException', message })

export const invalidAuthorizationMessage = (): Fault =>
  new Fault({ code: 'InvalidAuthorizationMessageException', message: 'Message is not valid' })

export const invalidIdentityToken = (message: string): Fault =>
  new Fault({ code: 'InvalidIdentityTokenException', message })

export const expiredIdentityToken = (message: string): Fault => new Fault({ code: 'ExpiredTokenException', message })

export const identityProviderUnreachable = (message: string): Fault =>
  new Fault({ code: 'IDPCommunicationErrorException', message })
