/**
 * Unique ids of IAM: a prefix that says what it is, then upper-case letters and digits. Those of access keys tell their account (`access-key.ts`).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 */
import type { Ids } from '../kit/ids.ts'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ID_LENGTH = 21

/** Two hexadecimal digits of randomness make one of 32 characters; 256 is a multiple of 32, so all are equally likely. */
const randomDigits = (ids: Ids, length: number): string => {
  const bytes = Buffer.from(ids.hex32() + ids.hex32(), 'hex').subarray(0, length)
  return Array.from(bytes, (byte) => DIGITS[byte % DIGITS.length]).join('')
}

const withPrefix =
  (prefix: string) =>
  (ids: Ids): string =>
    prefix + randomDigits(ids, ID_LENGTH - prefix.length)

export const newUserId = withPrefix('AIDA')
export const newGroupId = withPrefix('AGPA')
export const newRoleId = withPrefix('AROA')
export const newInstanceProfileId = withPrefix('AIPA')
export const newPolicyId = withPrefix('ANPA')
export const newServerCertificateId = withPrefix('ASCA')
