/** The host's own IPv4 address: that of the interface by which it reaches everything that is not near. */
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

const ROUTES = '/proc/net/route'
const EVERYTHING = '00000000'

/** Undefined on a host that reaches nothing. */
export const hostIpv4Address = (): string | undefined => ipv4AddressOf(defaultInterface(routes()))

/** Of an interface of the host, undefined if there is no such interface or it has none. */
export const ipv4AddressOf = (interfaceName: string | undefined): string | undefined =>
  networkInterfaces()[interfaceName ?? '']?.find(({ family }) => family === 'IPv4')?.address

/** From the kernel's table of routes: of those to everything, the one that it prefers. */
export const defaultInterface = (table: string): string | undefined =>
  table
    .split('\n')
    .map((line) => line.split('\t').map((field) => field.trim()))
    .filter(([, destination, , , , , , mask]) => destination === EVERYTHING && mask === EVERYTHING)
    .toSorted((a, b) => Number(a[6]) - Number(b[6]))[0]?.[0]

const routes = (): string => {
  try {
    return readFileSync(ROUTES, 'utf8')
  } catch (error) {
    // A kernel without IPv4 has no such table.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
