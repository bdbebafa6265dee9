/** The modelled faults of Certificate Manager. */
import { Fault } from '../../wire/fault.ts'
import type { TagFaults } from '../checked-tags.ts'

const fault =
  (code: string) =>
  (message: string): Fault =>
    new Fault({ code, message })

export const conflict = fault('ConflictException')
export const invalidArgs = fault('InvalidArgsException')
export const invalidArn = fault('InvalidArnException')
export const invalidDomainValidationOptions = fault('InvalidDomainValidationOptionsException')
export const invalidParameter = fault('InvalidParameterException')
export const invalidState = fault('InvalidStateException')
export const limitExceeded = fault('LimitExceededException')
export const requestInProgress = fault('RequestInProgressException')
export const resourceInUse = fault('ResourceInUseException')

export const notFound = (certificateArn: string): Fault =>
  new Fault({ code: 'ResourceNotFoundException', message: `Could not find certificate ${certificateArn}.` })

export const tagFaults: TagFaults = { invalid: fault('InvalidTagException'), tooMany: fault('TooManyTagsException') }
