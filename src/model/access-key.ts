/** Access keys: how their ids and secrets are made, what they are sealed for, and the account that an id tells. */
import type { Ids } from '../kit/ids.ts'

/** 40 characters, as AWS's are. */
export const newSecretAccessKey = (ids: Ids): string =>
  Buffer.from(ids.hex32() + ids.hex32().slice(0, 28), 'hex').toString('base64url')

export const accessKeyPurpose = (accessKeyId: string): string => `accessKey/${accessKeyId}`

/** `AKIA`: of the root user or a user, until it is deleted. `ASIA`: temporary. */
export type AccessKeyPrefix = 'AKIA' | 'ASIA'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ID = /^(AKIA|ASIA)([A-Z2-7]{16})$/
/** Of the 80 bits after the prefix: the first says that an account follows, which has 40. The rest are random. */
const ID_BITS = 80n
const HAS_ACCOUNT = 1n << (ID_BITS - 1n)
const ACCOUNT_SHIFT = ID_BITS - 41n
const RANDOM_MASK = (1n << ACCOUNT_SHIFT) - 1n

// AWS: the id of a key made since 2019 holds the number of its account in this way, which AWS does not document.
export const newAccessKeyId = (prefix: AccessKeyPrefix, account: string, ids: Ids): string => {
  const random = BigInt(`0x${ids.hex32()}`) & RANDOM_MASK
  let bits = HAS_ACCOUNT | (BigInt(account) << ACCOUNT_SHIFT) | random
  let text = ''
  for (; bits > 0n; bits >>= 5n) text = BASE32.charAt(Number(bits & 31n)) + text
  return prefix + text
}

/** The account of a key by its id alone; undefined if the id tells none. */
export const accountOfAccessKey = (accessKeyId: string): string | undefined => {
  const digits = ID.exec(accessKeyId)?.[2]
  if (digits === undefined) return undefined
  let bits = 0n
  for (const digit of digits) bits = (bits << 5n) | BigInt(BASE32.indexOf(digit))
  if ((bits & HAS_ACCOUNT) === 0n) return undefined
  const account = ((bits ^ HAS_ACCOUNT) >> ACCOUNT_SHIFT).toString()
  return account.length > 12 ? undefined : account.padStart(12, '0')
}
