/**
 * Unique ids of IAM: a prefix that says what it is, then upper-case letters and digits.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 */
import type { Ids } from '../kit/ids.ts'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ID_LENGTH = 21
const ACCESS_KEY_ID_LENGTH = 20

/** Two hexadecimal digits of randomness make one of 32 characters; 256 is a multiple of 32, so all are equally likely. */
const randomDigits = (ids: Ids, length: number): string => {
  const bytes = Buffer.from(ids.hex32() + ids.hex32(), 'hex').subarray(0, length)
  return Array.from(bytes, (byte) => DIGITS[byte % DIGITS.length]).join('')
}

const withPrefix =
  (prefix: string, length: number) =>
  (ids: Ids): string =>
    prefix + randomDigits(ids, length - prefix.length)

export const newUserId = withPrefix('AIDA', ID_LENGTH)
export const newGroupId = withPrefix('AGPA', ID_LENGTH)
export const newRoleId = withPrefix('AROA', ID_LENGTH)
export const newInstanceProfileId = withPrefix('AIPA', ID_LENGTH)
export const newPolicyId = withPrefix('ANPA', ID_LENGTH)
/** Of long-lived credentials. */
export const newAccessKeyId = withPrefix('AKIA', ACCESS_KEY_ID_LENGTH)
