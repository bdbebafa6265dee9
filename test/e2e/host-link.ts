/**
 * A cable between this machine and the network of an engine of the test's own, as between two machines: servers of the test are reached from
 * there, by the engine's containers too, and nothing else is.
 */
import { spawnSync } from 'node:child_process'
import type { Engine } from './engine.ts'

export interface HostLink {
  /** This machine's end. */
  readonly address: string
  /** The other end. */
  readonly farAddress: string
  /** Puts the other end into the engine's network, which reaches everything by it. */
  join(engine: Engine): void
  remove(): void
}

/** Of addresses for tests of networks (RFC 2544): a /30 per process and cable, and no name that another has. */
export const addHostLink = (ordinal = 0): HostLink => {
  const number = (process.pid + ordinal * 0x1000) % 0x3fff
  const [near, far] = [`lsn${process.pid}x${ordinal}`, `lsf${process.pid}x${ordinal}`]
  const addressOf = (end: number): string => `198.18.${number >> 6}.${((number & 0x3f) << 2) + end}`
  const [address, farAddress] = [addressOf(1), addressOf(2)]
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far)
  ip('addr', 'add', `${address}/30`, 'dev', near)
  ip('link', 'set', near, 'up')
  return {
    address,
    farAddress,
    join: ({ inNetwork, networkProcess }) => {
      ip('link', 'set', far, 'netns', String(networkProcess))
      const there = (...parameters: string[]): void => run(...inNetwork, 'ip', ...parameters)
      there('addr', 'add', `${farAddress}/30`, 'dev', far)
      there('link', 'set', far, 'up')
      there('route', 'add', 'default', 'via', address)
    },
    // It is gone with the engine's network, if it was there.
    remove: () => void spawnSync('ip', ['link', 'del', near]),
  }
}

const ip = (...parameters: string[]): void => run('ip', ...parameters)

const run = (program = '', ...parameters: string[]): void => {
  const { status, stderr, error } = spawnSync(program, parameters, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${parameters.join(' ')}: ${error?.message ?? stderr}`)
}
