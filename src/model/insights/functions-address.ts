/** Functions of Internet addresses. */
import { BlockList, isIP } from 'node:net'
import type { QueryFunction } from './functions.ts'
import { textOf, type Value } from './value.ts'

const SUBNET = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/

const versionOf = (value: Value): number => isIP(textOf(value) ?? '')

const isVersion = (...versions: readonly number[]): QueryFunction => ({
  least: 1,
  most: 1,
  call: ([value]) => versions.includes(versionOf(value)),
})

const isInSubnet = (...versions: readonly number[]): QueryFunction => ({
  least: 2,
  most: 2,
  call: ([address, subnet]) =>
    versions.includes(versionOf(address)) && contains(textOf(subnet) ?? '', textOf(address)!),
})

const contains = (subnet: string, address: string): boolean => {
  const [, network = '', bits = ''] = SUBNET.exec(subnet) ?? []
  const version = isIP(network)
  if (version === 0 || version !== isIP(address) || Number(bits) > (version === 4 ? 32 : 128)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family)
  return list.check(address, family)
}

export const addressFunctions: Readonly<Record<string, QueryFunction>> = {
  isvalidip: isVersion(4, 6),
  isvalidipv4: isVersion(4),
  isvalidipv6: isVersion(6),
  isipinsubnet: isInSubnet(4, 6),
  isipv4insubnet: isInSubnet(4),
  isipv6insubnet: isInSubnet(6),
}
