/** Where a server listens, and under which URLs it is reached: by clients on this machine, and by agents that may be elsewhere. */
import type { Server } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { UserError, wholeNumber } from '../kit/command.ts'

export interface Address {
  readonly host: string
  readonly port: string
}

/** Listens, and resolves with the port, which may have been left to the system. */
export const listen = (server: Server, { host, port }: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
    server.listen(wholeNumber('port', port, 0, 65_535), host, () => resolve((server.address() as AddressInfo).port))
  })

const explain = (error: NodeJS.ErrnoException, host: string, port: string): Error => {
  switch (error.code) {
    case 'EADDRINUSE':
      return new UserError(`Port ${port} on ${host} is in use. Stop what uses it, or choose another with --port.`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError(`${host} is no address of this machine.`, { cause: error })
    case 'EACCES':
      return new UserError(`Port ${port} needs more rights than this user has; choose one above 1023 with --port.`, {
        cause: error,
      })
    default:
      return error
  }
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'

export type Scheme = 'http' | 'https'

/** The base URL for clients on this machine. */
export const localUrl = (scheme: Scheme, host: string, port: number): string =>
  baseUrl(scheme, isWildcard(host) ? '127.0.0.1' : host, port)

/** The base URL for agents: where a server listens on all addresses, the first that other machines can know. */
export const agentUrl = (scheme: Scheme, host: string, port: number, advertise: string | undefined): string => {
  if (advertise !== undefined) return advertise.replace(/\/+$/, '')
  return isWildcard(host) ? baseUrl(scheme, externalAddress() ?? '127.0.0.1', port) : localUrl(scheme, host, port)
}

const baseUrl = (scheme: Scheme, host: string, port: number): string =>
  `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`

const externalAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
