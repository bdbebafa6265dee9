/** Why a request is not accepted as its sender's, and how each family of protocols says so. */
import { Fault } from './fault.ts'
import type { FaultStyle } from './wire-faults.ts'

export type SignatureProblem = 'missing' | 'incomplete' | 'mismatch' | 'unknownKey' | 'expired'

/** The caller could not be made certain of. `message` is AWS's sentence. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError'
  readonly problem: SignatureProblem

  constructor(problem: SignatureProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

/** The key is nobody's, or may not be used any more. */
export const invalidToken = (): SignatureError =>
  new SignatureError('unknownKey', 'The security token included in the request is invalid.')

export const expiredToken = (): SignatureError =>
  new SignatureError('expired', 'The security token included in the request is expired')

interface CodeAndStatus {
  readonly code: string
  readonly status: number
}

// AWS: JSON services answer 400 throughout, Query services mostly 403, EC2 hardly tells one from another.
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, .../amazondynamodb/.../Programming.Errors.html,
// .../AWSEC2/latest/APIReference/errors-overview.html
const CODES: Readonly<Record<FaultStyle, Readonly<Record<SignatureProblem, CodeAndStatus>>>> = {
  json: {
    missing: { code: 'MissingAuthenticationTokenException', status: 400 },
    incomplete: { code: 'IncompleteSignatureException', status: 400 },
    mismatch: { code: 'InvalidSignatureException', status: 400 },
    unknownKey: { code: 'UnrecognizedClientException', status: 400 },
    expired: { code: 'ExpiredTokenException', status: 400 },
  },
  query: {
    missing: { code: 'MissingAuthenticationToken', status: 403 },
    incomplete: { code: 'IncompleteSignature', status: 400 },
    mismatch: { code: 'SignatureDoesNotMatch', status: 403 },
    unknownKey: { code: 'InvalidClientTokenId', status: 403 },
    expired: { code: 'ExpiredToken', status: 403 },
  },
  ec2: {
    missing: { code: 'MissingAuthenticationToken', status: 403 },
    incomplete: { code: 'IncompleteSignature', status: 400 },
    mismatch: { code: 'AuthFailure', status: 401 },
    unknownKey: { code: 'AuthFailure', status: 401 },
    expired: { code: 'RequestExpired', status: 400 },
  },
}

export const signatureFault = ({ problem, message }: SignatureError, style: FaultStyle): Fault =>
  new Fault({ ...CODES[style][problem], message })
