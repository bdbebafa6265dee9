/** Addresses of the host: its own, by which it reaches everything that is not near, and those of its bridges. */
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { compact } from '../compact.ts'
import type { RunProgram } from './run-program.ts'

const ROUTES = '/proc/net/route'
const EVERYTHING = '00000000'

export interface HostAddresses {
  readonly ipv4?: string
  readonly ipv6?: string
}

/** None of a host that reaches nothing. */
export const hostAddresses = (): HostAddresses => {
  const addresses = networkInterfaces()[defaultInterface(routes()) ?? ''] ?? []
  const ipv4 = addresses.find(({ family }) => family === 'IPv4')?.address
  // Those of the link alone mean nothing elsewhere.
  const ipv6 = addresses.find(({ family, scopeid }) => family === 'IPv6' && scopeid === 0)?.address
  return compact({ ipv4, ipv6 })
}

/** One that other interfaces than the loopback one have, also where no way leads away from here. */
export const ownIpv4Address = (): string | undefined =>
  hostAddresses().ipv4 ??
  Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

/** Undefined if there is no such bridge. It has its address before any container is on it, which `networkInterfaces` does not show. */
export const bridgeIpv4Address = async (bridge: string, run: RunProgram): Promise<string | undefined> => {
  const { stdout } = await run('ip', ['-o', '-4', 'addr', 'show', 'dev', bridge])
  return / inet (\d+\.\d+\.\d+\.\d+)\//.exec(stdout)?.[1]
}

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
