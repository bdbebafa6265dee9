/** A caller who is known may not do what it asks for, and how each family of protocols says so. */
import { Fault } from './fault.ts'
import type { FaultStyle } from './wire-faults.ts'

/** `message` is AWS's sentence, which names principal, action and resource. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied'
}

// AWS: JSON services answer 400, Query services 403, as they do to signatures.
const CODES: Readonly<Record<FaultStyle, { readonly code: string; readonly status: number }>> = {
  json: { code: 'AccessDeniedException', status: 400 },
  query: { code: 'AccessDenied', status: 403 },
  ec2: { code: 'UnauthorizedOperation', status: 403 },
}

export const accessDeniedFault = ({ message }: AccessDenied, style: FaultStyle): Fault =>
  new Fault({ ...CODES[style], message: style === 'ec2' ? `${NOT_AUTHORIZED} ${message}` : message })

const NOT_AUTHORIZED = 'You are not authorized to perform this operation.'
