/**
 * `IpAddress` and `NotIpAddress`: addresses and ranges of both families. An IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`), as
 * sockets do, is the IPv4 address.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
 */
import { comparing, type OperatorTable, withOpposite } from './operator.ts'

/** Four or sixteen bytes. */
type Address = readonly number[]

interface Range {
  readonly address: Address
  readonly bits: number
}

const rangeIn = (text: string): Range | undefined => {
  const [addressText = '', bitsText, ...rest] = text.split('/')
  const address = parseIPv4(addressText) ?? parseIPv6(addressText)
  if (address === undefined || rest.length > 0) return undefined
  const width = address.length * 8
  if (bitsText === undefined) return unmapped({ address, bits: width })
  if (!/^(?:0|[1-9]\d{0,2})$/.test(bitsText) || Number(bitsText) > width) return undefined
  return unmapped({ address, bits: Number(bitsText) })
}

const MAPPED: Address = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
const MAPPED_BITS = MAPPED.length * 8

const unmapped = ({ address, bits }: Range): Range =>
  address.length === 16 && bits >= MAPPED_BITS && MAPPED.every((byte, index) => address[index] === byte)
    ? { address: address.slice(MAPPED.length), bits: bits - MAPPED_BITS }
    : { address, bits }

const parseIPv4 = (text: string): Address | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.map(Number)
}

const IPV6_GROUPS = 8

const parseIPv6 = (text: string): Address | undefined => {
  const [head = '', tail, ...rest] = dottedAsGroups(text).split('::')
  if (rest.length > 0) return undefined
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  if (before === undefined || after === undefined) return undefined
  const missing = IPV6_GROUPS - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after]
  return groups.flatMap((group) => [group >> 8, group & 255])
}

const groupsOf = (text: string): readonly number[] | undefined => {
  const groups = text === '' ? [] : text.split(':')
  return groups.every((group) => /^[\dA-Fa-f]{1,4}$/.test(group))
    ? groups.map((group) => parseInt(group, 16))
    : undefined
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
const dottedAsGroups = (text: string): string => {
  const dotted = text.slice(text.lastIndexOf(':') + 1)
  const [a, b, c, d] = parseIPv4(dotted) ?? []
  if (a === undefined || b === undefined || c === undefined || d === undefined) return text
  return `${text.slice(0, -dotted.length)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

const isWithin = (value: Range, { address, bits }: Range): boolean => {
  if (value.address.length !== address.length || value.bits < bits) return false
  const wholeBytes = bits >> 3
  for (let index = 0; index < wholeBytes; index++) if (value.address[index] !== address[index]) return false
  const mask = 0xff & (0xff00 >> (bits & 7))
  return (((value.address[wholeBytes] ?? 0) ^ (address[wholeBytes] ?? 0)) & mask) === 0
}

export const ADDRESS_OPERATORS: OperatorTable = withOpposite('IpAddress', 'NotIpAddress', {
  hasVariables: false,
  accepts: (text) => rangeIn(text) !== undefined,
  test: comparing(rangeIn, isWithin),
})
