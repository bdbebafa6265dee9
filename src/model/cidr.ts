/** Blocks of IP addresses, as `10.0.0.0/16` and `2001:db8::/32` name them. */
import { isIP } from 'node:net'

export interface CidrBlock {
  readonly family: 4 | 6
  /** The first address, as a number. */
  readonly first: bigint
  readonly prefixLength: number
}

const BITS = { 4: 32, 6: 128 } as const

/** Bits behind the prefix are cleared. Undefined if the text is no block. */
export const parseCidr = (text: string): CidrBlock | undefined => {
  const [address = '', length = '', ...rest] = text.split('/')
  const family = isIP(address)
  if ((family !== 4 && family !== 6) || rest.length > 0 || address.includes('%')) return undefined
  const prefixLength = Number(length)
  if (!/^\d{1,3}$/.test(length) || prefixLength > BITS[family]) return undefined
  const hostBits = BigInt(BITS[family] - prefixLength)
  return { family, first: (addressNumber(address, family) >> hostBits) << hostBits, prefixLength }
}

/** The shortest form, in lower case. */
export const cidrText = ({ family, first, prefixLength }: CidrBlock): string =>
  `${addressText(family, first)}/${prefixLength}`

export const lastOf = ({ family, first, prefixLength }: CidrBlock): bigint =>
  first + (1n << BigInt(BITS[family] - prefixLength)) - 1n

/** Whether all of `inner` is in `outer`. */
export const containsBlock = (outer: CidrBlock, inner: CidrBlock): boolean =>
  outer.family === inner.family && inner.first >= outer.first && lastOf(inner) <= lastOf(outer)

export const overlap = (one: CidrBlock, other: CidrBlock): boolean =>
  one.family === other.family && one.first <= lastOf(other) && other.first <= lastOf(one)

export const addressCount = (block: CidrBlock): number => Number(lastOf(block) - block.first + 1n)

const addressNumber = (address: string, family: 4 | 6): bigint =>
  family === 4 ? joined(address.split('.').map(BigInt), 8n) : joined(groupsOf(address), 16n)

const joined = (digits: readonly bigint[], bits: bigint): bigint =>
  digits.reduce((number, digit) => (number << bits) | digit, 0n)

/** The eight groups of an IPv6 address. A URL has its shortest form, without dots. */
const groupsOf = (address: string): readonly bigint[] => {
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const head = groups(left)
  const tail = groups(right ?? '')
  return [...head, ...Array<bigint>(8 - head.length - tail.length).fill(0n), ...tail]
}

const groups = (text: string): bigint[] => (text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`)))

const addressText = (family: 4 | 6, address: bigint): string => {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.')
  const all = Array.from({ length: 8 }, (_, index) => ((address >> BigInt(16 * (7 - index))) & 0xffffn).toString(16))
  return new URL(`http://[${all.join(':')}]`).hostname.slice(1, -1)
}
