/** URLs that log events may be delivered to. Nobody gets the server to ask those who give credentials to whoever asks from this machine. */
import { BlockList, isIP } from 'node:net'

const FORBIDDEN = new BlockList()
/** Link-local, where clouds have their metadata and tasks their credentials. */
FORBIDDEN.addSubnet('169.254.0.0', 16)
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6')
/** The first of these, as routers between IPv6 and IPv4 write it. */
FORBIDDEN.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
FORBIDDEN.addSubnet('2002:a9fe::', 32, 'ipv6')
/** The same of AWS by IPv6. */
FORBIDDEN.addSubnet('fd00:ec2::', 32, 'ipv6')
/** No host's address: this machine's, everyone's, nobody's. */
FORBIDDEN.addSubnet('0.0.0.0', 8)
FORBIDDEN.addAddress('::', 'ipv6')
FORBIDDEN.addSubnet('224.0.0.0', 3)
FORBIDDEN.addSubnet('ff00::', 8, 'ipv6')

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

export const isForbiddenAddress = (address: string): boolean => FORBIDDEN.check(address, familyOf(address))

export const isLoopback = (address: string): boolean => LOOPBACK.check(address, familyOf(address))

/** Of a URL, without the brackets of IPv6. */
export const hostOfUrl = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

export const portOfUrl = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80))

const LONGEST_URL = 2048

/** Why events cannot be delivered to a URL, as far as it says so itself; undefined if they can. */
export const targetProblem = (text: string): string | undefined => {
  const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return 'it is no URL of HTTP or HTTPS'
  if (url.username !== '' || url.password !== '') return 'it has a name or password in it'
  if (url.hash !== '') return 'it has a fragment'
  const host = hostOfUrl(url)
  return isIP(host) !== 0 && isForbiddenAddress(host) ? 'its address is link-local or no address of a host' : undefined
}
