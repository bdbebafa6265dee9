/**
 * Goal: targets of groups with `preserve_client_ip.enabled` see the address of the client, wherever they run, and everybody else what they saw before.
 *
 * Method: machines are network namespaces: a client's, a balancer's, and that of a container instance behind it, the latter two with engines. The balancer is what `longshore balancer` serves with, the real HAProxy
 * and nginx included. Targets answer with the address that they are spoken to from.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenerArn, loadBalancerArn } from '../../../src/model/arn.ts'
import type { BalancerMessage, TargetHealthReport } from '../../../src/model/load-balancing/messages.ts'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { targetKey } from '../../../src/model/load-balancing/records.ts'
import { buildBusyboxImage } from '../busybox-image.ts'
import { type Engine, startEngine } from '../engine.ts'
import { bin } from '../longshore.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { PROGRAMS } from './haproxy-under-test.ts'
import { addCable, NetworkPeer, run, setReversePathFilter } from './networks.ts'
import { packTable } from './packed-table.ts'
import { until } from './running-balancer.ts'

const [PROGRAM = ''] = PROGRAMS
const [CLIENT_BLOCK, INSTANCE_BLOCK] = ['10.77.1', '10.77.2']

interface Group {
  readonly port: number
  readonly protocol?: 'TCP' | 'UDP' | 'TCP_UDP'
  readonly targetType?: 'ip' | 'instance'
  readonly targets: readonly (readonly [address: string, port: number])[]
  readonly attributes?: Readonly<Record<string, string>>
}

const PRESERVED = { 'preserve_client_ip.enabled': 'true' }

/** A Network Load Balancer for each group, at that address. */
const tableOf = (address: string, groups: Readonly<Record<string, Group>>): RoutingTable => {
  const tables = Object.entries(groups).map(([name, { port, protocol = 'TCP', targetType = 'ip', ...group }]) => {
    const arn = loadBalancerArn('us-east-1', '000000000000', 'network', name, '50dc6c495c0c9188')
    const targets = group.targets.map(([to, at]) =>
      aTargetRoute(at, { key: targetKey({ targetId: to, port: at }), address: to }),
    )
    const { healthCheck, ...route } = aGroupRoute(name, targets, {
      protocol,
      targetType,
      attributes: group.attributes ?? PRESERVED,
    })
    const check = { protocol: 'TCP', isEnabled: protocol !== 'UDP', healthyThreshold: 2, intervalSeconds: 5 } as const
    return aRoutingTable({
      port,
      groups: [{ ...route, healthCheck: { ...healthCheck, ...check } }],
      rules: [aRuleRoute('default', [], [forwardTo(name)])],
      loadBalancer: { type: 'network', name, addresses: [address] },
      listener: { listenerArn: listenerArn(arn, name), port, protocol },
    })
  })
  return {
    loadBalancers: new Map(tables.flatMap(({ loadBalancers }) => [...loadBalancers])),
    targetGroups: new Map(tables.flatMap(({ targetGroups }) => [...targetGroups])),
    certificates: new Map(),
    trustStores: new Map(),
  }
}

/** A container for TCP (ports 80 and 81) and UDP (port 53). */
interface Container {
  readonly peer: NetworkPeer
  readonly address: string
  readonly gateway: string
  /** Of its host, for ports 80 and 53. */
  readonly published: { readonly tcp: number; readonly udp: number }
}

const startContainer = async ({ host, socket }: Engine): Promise<Container> => {
  const docker = (...parameters: readonly string[]): string => run('docker', '--host', host, ...parameters)
  const image = await buildBusyboxImage(socket)
  const id = docker('run', '--detach', '--publish', '80', '--publish', '53/udp', image, 'sleep', '600')
  const { State, NetworkSettings } = (JSON.parse(docker('inspect', id)) as readonly Inspected[])[0] ?? {}
  const peer = await NetworkPeer.start(State?.Pid)
  await Promise.all([...[80, 81].map((port) => peer.listen('tcp', port)), peer.listen('udp', 53)])
  const published = (port: string): number => Number(NetworkSettings?.Ports[port]?.[0]?.HostPort)
  return {
    peer,
    address: NetworkSettings?.IPAddress ?? '',
    gateway: NetworkSettings?.Gateway ?? '',
    published: { tcp: published('80/tcp'), udp: published('53/udp') },
  }
}

interface Inspected {
  readonly State: { readonly Pid: number }
  readonly NetworkSettings: {
    readonly IPAddress: string
    readonly Gateway: string
    readonly Ports: Readonly<Record<string, readonly { readonly HostPort: string }[]>>
  }
}

/** An agent that has no control plane, on a machine from where nothing else but a balancer leads to clients. */
const startAgent = (inNetwork: readonly string[], directory: string, ...flags: readonly string[]): ChildProcess => {
  const parameters = ['agent', '--runtime=simulated', '--config-file=/dev/null', ...flags]
  const [program = bin, ...before] = inNetwork
  return spawn(program, [...before, bin, ...parameters], {
    stdio: 'ignore',
    env: {
      ...process.env,
      ECS_BACKEND_HOST: 'http://127.0.0.1:9',
      ECS_DATADIR: directory,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      LONGSHORE_INTROSPECTION_PORT: '0',
    },
  })
}

/** The balancer's process. */
class Served {
  readonly #command: readonly string[]
  #process: ChildProcess | undefined
  #told = 0
  #applied = 0
  readonly health = new Map<string, TargetHealthReport>()
  readonly problems = new Map<string, string>()

  constructor(inNetwork: readonly string[], directory: string) {
    this.#command = [...inNetwork, process.execPath, path.join(import.meta.dirname, 'serving-process.ts'), directory]
  }

  async start(): Promise<void> {
    this.#told = this.#applied = 0
    this.#process = this.#spawn()
    this.#process.on('message', (message: BalancerMessage) => {
      if (message.type === 'applied') this.#applied = message.revision
      else if (message.type === 'targetHealth')
        for (const report of message.reports) this.health.set(report.target, report)
      else if (message.type === 'loadBalancer') this.#note(message)
    })
    await once(this.#process, 'message')
  }

  async serve(table: RoutingTable): Promise<void> {
    this.#process?.send(packTable(table))
    const revision = ++this.#told
    await until(() => this.#applied >= revision)
  }

  async kill(): Promise<void> {
    if (this.#process === undefined) return
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    this.#process = undefined
    await gone
  }

  /** With HAProxy and nginx. */
  async end(): Promise<void> {
    await this.kill()
    await once(this.#spawn('end'), 'exit')
  }

  #spawn(...command: readonly string[]): ChildProcess {
    const [program = '', ...parameters] = [...this.#command, PROGRAM, ...command]
    return spawn(program, parameters, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  }

  #note({ loadBalancerArn: arn, problem }: Extract<BalancerMessage, { type: 'loadBalancer' }>): void {
    if (problem === undefined) this.problems.delete(arn)
    else this.problems.set(arn, problem)
  }
}

describe('addresses of clients', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-clients-'))
  const agentDirectory = path.join(directory, 'agent')
  let engines: readonly Engine[] = []
  /** On the client's machine, the balancer's, and the container instance. */
  let client: NetworkPeer
  let machine: NetworkPeer
  let instance: NetworkPeer
  /** On the balancer's machine, and on the container instance. */
  let [near, far]: readonly (Container | undefined)[] = []
  let served: Served
  let agent: ChildProcess
  let [balancerAddress, clientAddress] = ['', '']
  let groups: Record<string, Group> = {}

  const rulesOf = (peer: NetworkPeer): string[] =>
    ['PREROUTING', 'OUTPUT'].flatMap((chain) =>
      peer
        .run('iptables', '-t', 'mangle', '-S', chain)
        .split('\n')
        .filter((rule) => rule.startsWith('-A')),
    )
  const routes = (): string => machine.run('ip', 'rule', 'show', 'pref', '4560')
  const healthy = (port: number): boolean =>
    [...served.health.values()].some(({ target, state }) => target.endsWith(`:${port}`) && state === 'healthy')

  beforeAll(async () => {
    const [one, two, three] = await Promise.all([startEngine(), startEngine(), NetworkPeer.start()])
    engines = [one, two]
    client = three
    ;[machine, instance, near, far] = await Promise.all([
      NetworkPeer.start(one.networkProcess),
      NetworkPeer.start(two.networkProcess),
      startContainer(one),
      startContainer(two),
    ])
    ;[balancerAddress, clientAddress] = addCable(CLIENT_BLOCK, machine, client)
    const [toInstance, instanceAddress] = addCable(INSTANCE_BLOCK, machine, instance)
    machine.run('ip', 'route', 'add', 'default', 'via', clientAddress)
    setReversePathFilter(machine, 1)
    instance.run('ip', 'link', 'add', 'elsewhere', 'type', 'veth', 'peer', 'name', 'nowhere')
    for (const end of ['elsewhere', 'nowhere']) instance.run('ip', 'link', 'set', end, 'up')
    instance.run('ip', 'route', 'add', 'default', 'dev', 'elsewhere')
    setReversePathFilter(instance, 2)
    mkdirSync(agentDirectory)
    agent = startAgent(two.inNetwork, agentDirectory, `--balancers=${toInstance}`)
    await Promise.all([machine.listen('tcp', 8080), instance.listen('tcp', 8081)])

    const off = {}
    groups = {
      bridge: { port: 1001, targets: [[near.address, 80]] },
      // As the agent of `longshore up` registers its machine.
      published: { port: 1002, targetType: 'instance', targets: [['127.0.0.1', near.published.tcp]] },
      host: { port: 1003, targets: [[balancerAddress, 8080]] },
      proxied: {
        port: 1004,
        targets: [[near.address, 80]],
        attributes: { ...PRESERVED, 'proxy_protocol_v2.enabled': 'true' },
      },
      off: { port: 1005, targets: [[near.address, 80]], attributes: off },
      'datagrams-bridge': { port: 1006, protocol: 'UDP', targets: [[near.address, 53]] },
      'datagrams-published': {
        port: 1007,
        protocol: 'UDP',
        targetType: 'instance',
        targets: [['127.0.0.1', near.published.udp]],
      },
      'datagrams-off': { port: 1008, protocol: 'UDP', targets: [[near.address, 53]], attributes: off },
      'elsewhere-published': { port: 1009, targetType: 'instance', targets: [[instanceAddress, far.published.tcp]] },
      'elsewhere-host': { port: 1010, targets: [[instanceAddress, 8081]] },
      'elsewhere-datagrams': { port: 1011, protocol: 'UDP', targets: [[instanceAddress, far.published.udp]] },
    }
    served = new Served(one.inNetwork, directory)
    await served.start()
    await served.serve(tableOf(balancerAddress, groups))
    await until(() => rulesOf(instance).length === 3)
    const ports = [80, near.published.tcp, 8080, far.published.tcp, 8081]
    await until(() => ports.every(healthy))
    await until(async () => (await client.ask('udp', balancerAddress, 1006)) !== 'no answer')
  }, 60_000)

  afterAll(async () => {
    agent.kill('SIGKILL')
    await served.end()
    for (const peer of [client, machine, instance, near?.peer, far?.peer]) peer?.stop()
    await Promise.all(engines.map((engine) => engine.stop()))
    rmSync(directory, { recursive: true, force: true })
  })

  it.each([
    ['a container by its address', 'tcp', 1001],
    ['a container by a published port', 'tcp', 1002],
    ['a process on the host’s network', 'tcp', 1003],
    ['a container, of datagrams', 'udp', 1006],
    ['a published port, of datagrams', 'udp', 1007],
    ['a published port of a container instance', 'tcp', 1009],
    ['a process on a container instance', 'tcp', 1010],
    ['a published port of a container instance, of datagrams', 'udp', 1011],
  ] as const)('reach %s', async (_, protocol, port) => {
    expect(await client.ask(protocol, balancerAddress, port)).toBe(clientAddress)
  })

  it.each([
    ['tcp', 1001],
    ['tcp', 1002],
    ['tcp', 1003],
    ['udp', 1006],
    ['udp', 1007],
  ] as const)(
    'on the balancer’s machine reach targets (%s %i), those of the loopback interface by another',
    async (protocol, port) => {
      const own = [balancerAddress, near?.gateway]
      expect(await machine.ask(protocol, balancerAddress, port)).toBe(balancerAddress)
      expect(own).toContain(await machine.ask(protocol, '127.0.0.1', port))
    },
  )

  it('reach targets beside the header of the PROXY protocol', async () => {
    const [peer, header = ''] = (await client.ask('tcp', balancerAddress, 1004)).split(' ')
    const hex = clientAddress
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join('')
    expect([peer, header.slice(32, 40)]).toEqual([clientAddress, hex])
  })

  it('stay with the balancer where they are not wanted', async () => {
    expect(await client.ask('tcp', balancerAddress, 1005)).toBe(near?.gateway)
    expect(await client.ask('udp', balancerAddress, 1008)).toBe(near?.gateway)
  })

  it('reach targets that come and go without a reload', async () => {
    const processId = (): string => machine.run('pgrep', '-f', `${directory}/haproxy/`)
    const before = processId()
    const other: Group = { port: 1001, targets: [[near?.address ?? '', 81]] }
    await served.serve(tableOf(balancerAddress, { ...groups, bridge: other }))
    await until(() => healthy(81))
    expect(await client.ask('tcp', balancerAddress, 1001)).toBe(clientAddress)
    expect(processId()).toBe(before)
    await served.serve(tableOf(balancerAddress, groups))
    await until(() => healthy(80))
  })

  it('reach targets while the balancer’s process is away, and when its rules were lost', async () => {
    const before = rulesOf(machine)
    await served.kill()
    expect(await client.ask('tcp', balancerAddress, 1001)).toBe(clientAddress)
    machine.run('iptables', '-t', 'mangle', '-F')
    machine.run('ip', 'rule', 'del', 'pref', '4560')
    await served.start()
    await served.serve(tableOf(balancerAddress, groups))
    expect(rulesOf(machine).toSorted()).toEqual(before.toSorted())
    expect(await client.ask('tcp', balancerAddress, 1001)).toBe(clientAddress)
  })

  it('reach container instances whose agent is away, and not those whose agent knows no balancers', async () => {
    const gone = once(agent, 'exit')
    agent.kill('SIGTERM')
    await gone
    expect(await client.ask('tcp', balancerAddress, 1009)).toBe(clientAddress)
    agent = startAgent(engines[1]?.inNetwork ?? [], agentDirectory)
    await until(() => rulesOf(instance).length === 0)
    expect(await client.ask('tcp', balancerAddress, 1010)).not.toBe(clientAddress)
    expect(instance.run('ip', 'rule', 'show', 'pref', '4560')).toBe('')
  })

  it('leave nothing behind', async () => {
    expect([rulesOf(machine).length, routes()]).toEqual([3, expect.stringContaining('lookup 45616')])
    await served.end()
    expect([rulesOf(machine), routes()]).toEqual([[], ''])
  })
})
