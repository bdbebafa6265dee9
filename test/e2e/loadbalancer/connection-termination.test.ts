import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { connectToWorkers } from '../../../src/loadbalancer/haproxy/fleet.ts'
import { masterState } from '../../../src/loadbalancer/haproxy/master.ts'
import { FIRST_CHECK_PREFIX } from '../../../src/loadbalancer/haproxy/worker.ts'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { freePort, PROGRAMS } from './haproxy-under-test.ts'
import { RunningBalancer, until } from './running-balancer.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** Says again what it is told. */
const anEcho = (): Promise<number> =>
  listening(createServer((socket) => void socket.on('error', () => socket.destroy()).pipe(socket)))

const opened = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  ends.push(() => socket.destroy())
  expect(await said(socket)).toBe('answered')
  return socket
}

const said = (socket: Socket): Promise<'answered' | 'ended'> =>
  new Promise((resolve) => {
    if (socket.closed || socket.destroyed) resolve('ended')
    socket.once('data', () => resolve('answered'))
    socket.once('close', () => resolve('ended'))
    socket.write('hello')
  })

const WHEN_UNHEALTHY = 'target_health_state.unhealthy.connection_termination.enabled'

/** Its connections go to the servers that are checked. */
const isUp = async ({ directory }: RunningBalancer): Promise<boolean> => {
  const socket = path.join(directory, 'haproxy', 'master.sock')
  const client = connectToWorkers(socket)((await masterState(socket))?.worker ?? 0)
  const statistics = await client.statistics()
  client.close()
  return statistics.some(({ server, status }) => status === 'UP' && !server.startsWith(FIRST_CHECK_PREFIX))
}

interface Parts {
  readonly port: number
  readonly attributes: Readonly<Record<string, string>>
  readonly targets: readonly number[]
  /** Where targets are checked. */
  readonly checkPort: string
}

const aTable = ({ port, attributes, targets, checkPort }: Parts, isDraining = false): RoutingTable => {
  const { healthCheck } = aGroupRoute('tcp', [])
  const check = { ...healthCheck, protocol: 'TCP', port: checkPort, intervalSeconds: 1, unhealthyThreshold: 2 } as const
  const routes = targets.map((target) => aTargetRoute(target, { isDraining }))
  return aRoutingTable({
    port,
    loadBalancer: { type: 'network' },
    listener: { protocol: 'TCP' },
    groups: [aGroupRoute('tcp', routes, { protocol: 'TCP', healthCheck: check, attributes })],
    rules: [aRuleRoute('default', [], [forwardTo('tcp')])],
  })
}

describe.each(PROGRAMS)('connections to targets, by %s', (program) => {
  const serving = async (): Promise<RunningBalancer> => {
    const running = new RunningBalancer(program)
    ends.push(() => running.stop())
    await running.balancer.start()
    return running
  }
  const stateOf = (running: RunningBalancer, target: number) => running.health.get(aTargetRoute(target).key)?.state

  it.each([
    ['answered', {}],
    ['ended', { 'deregistration_delay.connection_termination.enabled': 'true' }],
  ] as const)('that are deregistered are %s with %o', async (expected, attributes) => {
    const [port, target, running] = [await freePort(), await anEcho(), await serving()]
    const parts = { port, attributes, targets: [target], checkPort: 'traffic-port' }
    await running.serve(aTable(parts))
    await until(() => isUp(running))
    const socket = await opened(port)
    await running.serve(aTable(parts, true))
    expect(await said(socket)).toBe('answered')
    await running.serve(aTable({ ...parts, targets: [] }))
    if (expected === 'ended') await until(() => socket.closed)
    expect(await said(socket)).toBe(expected)
  })

  it('keep a target that is deregistered from having drained', async () => {
    const [port, target, running] = [await freePort(), await anEcho(), await serving()]
    const parts = { port, attributes: {}, targets: [target], checkPort: 'traffic-port' }
    const isDrained = () => running.health.get(aTargetRoute(target).key)?.isDrained
    await running.serve(aTable(parts))
    await until(() => isUp(running))
    const socket = await opened(port)
    await running.serve(aTable(parts, true))
    await until(() => isDrained() !== undefined)
    for (let look = 0; look < 10; look++) {
      expect(await said(socket)).toBe('answered')
      await delay(50)
      expect(isDrained()).toBe(false)
    }
    socket.destroy()
    await until(() => isDrained() === true)
  })

  it.each([
    ['ended', {}],
    ['answered', { [WHEN_UNHEALTHY]: 'false' }],
  ] as const)('that are unhealthy are %s with %o', async (expected, attributes) => {
    const [port, target, running, checked] = [await freePort(), await anEcho(), await serving(), createServer()]
    const checkPort = String(await listening(checked.on('connection', (socket) => socket.destroy())))
    await running.serve(aTable({ port, attributes, targets: [target], checkPort }))
    await until(() => isUp(running))
    const socket = await opened(port)
    checked.close()
    await until(() => stateOf(running, target) === 'unhealthy')
    if (expected === 'ended') await until(() => socket.closed)
    expect(await said(socket)).toBe(expected)
  })
})
