/**
 * The addresses that load balancers get: those of one or several ranges, each to one load balancer at a time. Who has which stands in the
 * rows; a pool only says which one is next.
 */

/** IPv4 addresses as numbers, first and last included. */
export interface AddressRange {
  readonly first: number
  readonly last: number
}

export interface AddressPool {
  /** As the operator wrote it, for messages. */
  readonly text: string
  readonly ranges: readonly AddressRange[]
}

/** Every address of 127.0.0.0/8 is a machine's own without any set-up. */
export const DEFAULT_ADDRESS_POOL = '127.66.0.0/16'

const ADDRESS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** Undefined if the text is no IPv4 address. */
const addressNumber = (text: string): number | undefined => {
  const parts = ADDRESS.exec(text)?.slice(1).map(Number)
  if (parts === undefined || parts.some((part) => part > 255)) return undefined
  return parts.reduce((number, part) => number * 256 + part, 0)
}

const addressText = (number: number): string =>
  [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(number / unit) % 256).join('.')

/** `10.0.0.0/24`, `10.0.0.10-10.0.0.20`, `10.0.0.1`, or several of them with commas. Undefined if it is not such a text. */
export const parseAddressPool = (text: string): AddressPool | undefined => {
  const ranges = text.split(',').map((part) => parseRange(part.trim()))
  return ranges.every((range) => range !== undefined) ? { text, ranges } : undefined
}

/** The first address that nobody has; undefined if all are taken. */
export const nextAddress = ({ ranges }: AddressPool, taken: ReadonlySet<string>): string | undefined => {
  for (const { first, last } of ranges)
    for (let number = first; number <= last; number++) {
      const address = addressText(number)
      if (!taken.has(address)) return address
    }
  return undefined
}

export const hasAddress = ({ ranges }: AddressPool, address: string): boolean => {
  const number = addressNumber(address)
  return number !== undefined && ranges.some(({ first, last }) => first <= number && number <= last)
}

const parseRange = (text: string): AddressRange | undefined => {
  if (text.includes('/')) return parseBlock(text)
  const [from = '', to = from, ...more] = text.split('-')
  const [first, last] = [addressNumber(from.trim()), addressNumber(to.trim())]
  if (more.length > 0 || first === undefined || last === undefined || first > last) return undefined
  return { first, last }
}

/** A block's first address names the network and its last one means everybody, unless the block is too small for that. */
const parseBlock = (text: string): AddressRange | undefined => {
  const [base = '', length = '', ...more] = text.split('/')
  const address = addressNumber(base)
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : Number.NaN
  if (more.length > 0 || address === undefined || !(bits >= 0 && bits <= 32)) return undefined
  const size = 2 ** (32 - bits)
  const first = Math.floor(address / size) * size
  const last = first + size - 1
  return size > 2 ? { first: first + 1, last: last - 1 } : { first, last }
}
