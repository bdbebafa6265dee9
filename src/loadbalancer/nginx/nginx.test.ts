import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  aGroupRoute,
  aRoutingTable,
  aRuleRoute,
  aTargetRoute,
  forwardTo,
} from '../../../test/e2e/loadbalancer/a-route.ts'
import { SystemClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { Nginx } from './nginx.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** Two ports that are free. */
const freePorts = async (): Promise<readonly [number, number]> => {
  const sockets = [createSocket('udp4'), createSocket('udp4')] as const
  for (const socket of sockets) await once(socket.bind({ port: 0, address: '127.0.0.1' }), 'listening')
  const ports = [sockets[0].address().port, sockets[1].address().port] as const
  for (const socket of sockets) socket.close()
  return ports
}

/** Like nginx when something takes a port just before it: it ends if that is at a start, and serves on as before at a reload. */
const aProgram = (takenPort: number): string => {
  const program = path.join(mkdtempSync(path.join(tmpdir(), 'longshore-nginx-')), 'nginx')
  const lines = [
    '#!/bin/sh',
    'case "$*" in *" -t "*) exit 0;; esac',
    'cd "$2"',
    `look() { grep -q ":${takenPort} udp" nginx.conf || return 0`,
    `  echo "1#1: bind() to 127.0.0.1:${takenPort} failed (98: Address already in use)" >> error.log; return 1; }`,
    'look || exit 1',
    'trap look HUP',
    'touch ready',
    'while :; do sleep 0.02; done',
  ]
  writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o700 })
  return program
}

class HastenedClock extends SystemClock {
  #aheadMs = 0

  override monotonic(): number {
    return super.monotonic() + this.#aheadMs
  }

  hasten(milliseconds: number): void {
    this.#aheadMs += milliseconds
  }
}

/** One load balancer for each of these ports. */
const aTable = (...ports: readonly number[]): RoutingTable => {
  const tables = ports.map((port) =>
    aRoutingTable({
      port,
      groups: [aGroupRoute('web', [aTargetRoute(1)], { protocol: 'UDP' })],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
      loadBalancer: { type: 'network', name: `port-${port}` },
      listener: { protocol: 'UDP', listenerArn: `listener/${port}` },
    }),
  )
  return {
    loadBalancers: new Map(tables.flatMap(({ loadBalancers }) => [...loadBalancers])),
    targetGroups: new Map(tables.flatMap(({ targetGroups }) => [...targetGroups])),
    certificates: new Map(),
    trustStores: new Map(),
  }
}

const world = (takenPort: number) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-nginx-'))
  const clock = new HastenedClock()
  const nginx = new Nginx({ program: aProgram(takenPort), directory, clock, log: silentLog, onProblems: () => {} })
  ends.push(() => nginx.stop({ isKept: false }))
  const listens = (): string[] =>
    Array.from(readFileSync(path.join(directory, 'nginx.conf'), 'utf8').matchAll(/listen (\S+)/g), ([, at = '']) => at)
  const serve = (table: RoutingTable): void => nginx.apply(table, { isServed: () => true })
  return { nginx, clock, directory, listens, serve, problems: () => [...nginx.problems.values()] }
}

const cannot = (port: number): string => `UDP port ${port} of its addresses cannot be listened on here`

describe('nginx', () => {
  it('that ends at its start for a port is a problem of all, and then of who has the port', async () => {
    const [taken, other] = await freePorts()
    const { nginx, clock, listens, serve, problems } = world(taken)
    serve(aTable(taken, other))
    const why = `Datagrams are not served: nginx ended soon after its start: 1#1: bind() to 127.0.0.1:${taken} failed (98: Address already in use)`

    await expect.poll(problems).toEqual([why, why])
    await expect.poll(listens).toEqual([`127.0.0.1:${other}`])
    const holder = createSocket('udp4').bind({ port: taken, address: '127.0.0.1' })
    ends.push(() => holder.close())
    await once(holder, 'listening')
    clock.hasten(10_000)
    await nginx.retry()
    await expect.poll(problems).toEqual([cannot(taken)])
  })

  it('that keeps what it had at a reload, for a port, is told to serve the rest', async () => {
    const [taken, other] = await freePorts()
    const { nginx, directory, listens, serve, problems } = world(taken)
    serve(aTable(other))
    await expect.poll(() => existsSync(path.join(directory, 'ready'))).toBe(true)
    serve(aTable(other, taken))
    const log = path.join(directory, 'error.log')
    await expect.poll(() => (existsSync(log) ? readFileSync(log, 'utf8') : '')).toContain('bind() to')
    expect(listens()).toEqual([`127.0.0.1:${other}`, `127.0.0.1:${taken}`])
    await nginx.retry()

    await expect.poll(listens).toEqual([`127.0.0.1:${other}`])
    await expect.poll(problems).toEqual([cannot(taken)])
  })
})
