/** A caller who is known may not do what it asks for, and how each family of protocols says so. */
import { Fault } from './fault.ts'
import type { FaultStyle } from './wire-faults.ts'

/** `message` is AWS's sentence, which names principal, action and resource. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied'
}

// AWS: JSON services answer 400, Query services 403, as they do to signatures.
export const accessDeniedFault = ({ message }: AccessDenied, style: FaultStyle): Fault =>
  style === 'json'
    ? new Fault({ code: 'AccessDeniedException', message })
    : new Fault({ code: 'AccessDenied', message, status: 403 })
