import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { decode, encode, type Packet } from './dns-packets.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import type { LoadBalancerRoute, RoutingTable, TargetGroupRoute } from '../../model/load-balancing/routing.ts'
import { DnsServer } from './dns-server.ts'
import { expressNamesOf } from './express-names.ts'
import { toldAddresses } from './zone-health.ts'

/** Its own: where others have their connections, the port that UDP gets may be taken for TCP. */
const ADDRESS = '127.53.0.1'
const NAME = 'web-0123456789abcdef.eu-west-1.elb.example.com'

const route = (given: Partial<LoadBalancerRoute> = {}): LoadBalancerRoute => ({
  loadBalancerArn: 'web',
  name: 'web',
  type: 'network',
  scheme: 'internet-facing',
  dnsName: NAME,
  addresses: ['10.0.5.1', '10.0.5.2'],
  ipAddressType: 'ipv4',
  zoneNames: ['a', 'b'],
  attributes: {},
  listeners: [
    {
      listenerArn: 'listener',
      port: 80,
      protocol: 'TCP',
      certificateArns: [],
      alpnPolicy: [],
      attributes: {},
      rules: [
        {
          ruleArn: 'rule',
          priority: 'default',
          conditions: [],
          actions: [{ Type: 'forward', TargetGroupArn: 'group' }],
          transforms: [],
        },
      ],
    },
  ],
  ...given,
})

/** Two targets in zone a, one in zone b. */
const group = (attributes: Readonly<Record<string, string>> = {}): TargetGroupRoute =>
  ({
    targetGroupArn: 'group',
    attributes: { 'target_group_health.dns_failover.minimum_healthy_targets.count': '1', ...attributes },
    targets: [
      { key: '10.0.0.1:80', port: 80, availabilityZone: 'a', isDraining: false },
      { key: '10.0.0.2:80', port: 80, availabilityZone: 'a', isDraining: false },
      { key: '10.0.0.3:80', port: 80, availabilityZone: 'b', isDraining: false },
    ],
  }) as unknown as TargetGroupRoute

const table = (...routes: readonly LoadBalancerRoute[]): RoutingTable => ({
  loadBalancers: new Map(routes.map((each) => [each.loadBalancerArn, each])),
  targetGroups: new Map([['group', group()]]),
  certificates: new Map(),
  trustStores: new Map(),
})

describe('addresses that are told', () => {
  const told = (healthy: readonly string[], attributes = {}, given: Partial<LoadBalancerRoute> = {}) =>
    toldAddresses(route(given), { targetGroups: new Map([['group', group(attributes)]]) }, (name) =>
      healthy.includes(name) ? 'healthy' : 'unhealthy',
    )
  const [one, two, three] = ['group/10.0.0.1:80', 'group/10.0.0.2:80', 'group/10.0.0.3:80']

  it('are those of zones with enough healthy targets', () => {
    expect(told([one, three])).toEqual(['10.0.5.1', '10.0.5.2'])
    expect(told([one])).toEqual(['10.0.5.1'])
    expect(told([three])).toEqual(['10.0.5.2'])
    const most = { 'target_group_health.dns_failover.minimum_healthy_targets.percentage': '60' }
    expect(told([one, three], most)).toEqual(['10.0.5.2'])
    expect(told([one, two, three], most)).toEqual(['10.0.5.1', '10.0.5.2'])
  })

  it('are all when no zone has enough, or nothing is asked for', () => {
    expect(told([])).toEqual(['10.0.5.1', '10.0.5.2'])
    const off = { 'target_group_health.dns_failover.minimum_healthy_targets.count': 'off' }
    expect(told([one], off)).toEqual(['10.0.5.1', '10.0.5.2'])
  })

  it('depend on the targets of all zones where requests cross them', () => {
    const crossing = { 'load_balancing.cross_zone.enabled': 'true' }
    expect(told([one], crossing)).toEqual(['10.0.5.1', '10.0.5.2'])
    expect(told([one], {}, { attributes: crossing })).toEqual(['10.0.5.1', '10.0.5.2'])
    expect(told([one], { 'load_balancing.cross_zone.enabled': 'false' }, { attributes: crossing })).toEqual([
      '10.0.5.1',
    ])
  })
})

describe('names of Express services', () => {
  const rule = (...Values: string[]) => ({
    ruleArn: 'rule',
    priority: 1,
    conditions: [{ Field: 'host-header', HostHeaderConfig: { Values } }],
    actions: [],
    transforms: [],
  })
  const namesOf = (...hosts: string[]) => {
    const [listener] = route().listeners
    return expressNamesOf(route({ listeners: [{ ...listener!, rules: [rule(...hosts)] }] }), 'example.com')
  }

  it('are hosts of rules in a zone of a region', () => {
    expect(namesOf('SH-1.ecs.eu-west-1.example.com', 'shop.example.com', '*.ecs.eu-west-1.example.com')).toEqual([
      'sh-1.ecs.eu-west-1.example.com',
    ])
    expect(
      namesOf('a.b.ecs.eu-west-1.example.com', 'ecs.eu-west-1.example.com', 'a.ecs.eu-west-1.example.org'),
    ).toEqual([])
  })

  it('are answered for beside those of load balancers', async () => {
    const server = new DnsServer({ log: silentLog, health: () => 'healthy' })
    const { port } = await server.listen({ address: ADDRESS, port: 0 })
    const [listener] = route().listeners
    const rules = [rule('sh-1.ecs.eu-west-1.example.com')]
    server.serve(table(route({ listeners: [{ ...listener!, rules }] })), 'example.com')
    const ask = (name: string): Promise<string | undefined> =>
      new Promise((resolve) => {
        const socket = createSocket('udp4')
        socket.on('message', (message) => {
          socket.close()
          const { answers = [], rcode } = decode(message) as Packet & { readonly rcode: string }
          resolve(answers.length > 0 ? answers.map((answer) => 'data' in answer && answer.data).join(' ') : rcode)
        })
        socket.send(encode({ type: 'query', id: 7, questions: [{ name, type: 'A', class: 'IN' }] }), port, ADDRESS)
      })
    expect(await ask('Sh-1.ecs.eu-west-1.example.com')).toBe('10.0.5.1 10.0.5.2')
    expect(await ask('none.ecs.eu-west-1.example.com')).toBe('NXDOMAIN')
    expect(await ask('sh-1.ecs.us-east-1.example.com')).toBe('REFUSED')
    expect(await ask(NAME)).toBe('10.0.5.1 10.0.5.2')
    await server.close()
  })
})

describe('the DNS server', () => {
  let server: DnsServer
  let port = 0

  beforeEach(async () => {
    server = new DnsServer({ log: silentLog, health: () => 'healthy' })
    port = (await server.listen({ address: ADDRESS, port: 0 })).port
    server.serve(
      table(route(), route({ loadBalancerArn: 'six', dnsName: `six-${NAME}`, addresses: ['fd00::1'] })),
      'example.com',
    )
  })
  afterEach(() => server.close())

  const exchange = (bytes: Uint8Array, isAnswered = true): Promise<Packet | undefined> =>
    new Promise((resolve, reject) => {
      const socket = createSocket('udp4')
      const done = (packet?: Packet): void => {
        socket.close()
        resolve(packet)
      }
      socket.on('error', reject)
      socket.on('message', (message) => done(decode(message)))
      socket.send(bytes, port, ADDRESS)
      // What comes after has been answered when the first was not.
      if (!isAnswered) socket.send(query('example.org', 'A'), port, ADDRESS)
    })
  const query = (name: string, type: string, more: Partial<Packet> = {}): Buffer =>
    encode({ type: 'query', id: 7, flags: 1 << 8, questions: [{ name, type, class: 'IN' }], ...more })
  const ask = async (name: string, type: string, more: Partial<Packet> = {}) => {
    const packet = (await exchange(query(name, type, more))) as Packet & {
      readonly rcode: string
      readonly flag_aa: boolean
    }
    return { rcode: packet.rcode, isAuthoritative: packet.flag_aa, answers: packet.answers ?? [], packet }
  }

  it('tells addresses of load balancers, however the name is written', async () => {
    const { rcode, isAuthoritative, answers } = await ask(NAME.toUpperCase(), 'A')
    expect([rcode, isAuthoritative]).toEqual(['NOERROR', true])
    expect(answers.map(({ name, type, ttl, data }) => [name, type, ttl, data])).toEqual([
      [NAME.toUpperCase(), 'A', 10, '10.0.5.1'],
      [NAME.toUpperCase(), 'A', 10, '10.0.5.2'],
    ])
    expect((await ask(`six-${NAME}`, 'AAAA')).answers[0]?.data).toBe('fd00::1')
  })

  it('says what there is not, with the start of authority', async () => {
    const soa = [{ name: 'elb.example.com', type: 'SOA' }]
    const none = await ask(NAME, 'AAAA')
    expect([none.rcode, none.answers]).toEqual(['NOERROR', []])
    expect(none.packet.authorities).toMatchObject(soa)
    for (const name of [`other.eu-west-1.elb.example.com`, `below.${NAME}`]) {
      const { rcode, packet } = await ask(name, 'A')
      expect(rcode).toBe('NXDOMAIN')
      expect(packet.authorities).toMatchObject(soa)
    }
    // There are names below it.
    expect((await ask('eu-west-1.elb.example.com', 'A')).rcode).toBe('NOERROR')
    expect((await ask('elb.example.com', 'SOA')).answers).toMatchObject(soa)
    expect((await ask('elb.example.com', 'NS')).answers).toMatchObject([{ type: 'NS', data: 'ns.elb.example.com' }])
  })

  it('answers for nobody else, and does nothing but answer', async () => {
    for (const name of ['example.org', 'example.com', 'notelb.example.com', '.'])
      expect(await ask(name, 'A')).toMatchObject({ rcode: 'REFUSED', isAuthoritative: false })
    expect((await ask(NAME, 'A', { flags: 5 << 11 })).rcode).toBe('NOTIMP')
    const questions = [NAME, NAME].map((name) => ({ name, type: 'A' }))
    expect((await ask(NAME, 'A', { questions })).rcode).toBe('FORMERR')
  })

  it('understands EDNS, and refuses versions that are not there yet', async () => {
    const option = { name: '.', type: 'OPT', udpPayloadSize: 4096, ednsVersion: 0 }
    const { answers, packet } = await ask(NAME, 'A', { additionals: [option] })
    expect(answers).toHaveLength(2)
    expect(packet.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }])
    const later = await ask(NAME, 'A', { additionals: [{ ...option, ednsVersion: 1 }] })
    expect(later.answers).toEqual([])
    expect(later.packet.additionals).toMatchObject([{ extendedRcode: 1 }])
  })

  it('sends those to TCP whose answer is too long', async () => {
    const addresses = Array.from({ length: 60 }, (_, number) => `10.0.6.${number}`)
    server.serve(table(route({ addresses })), 'example.com')
    const { answers, packet } = await ask(NAME, 'A')
    expect([answers.length, (packet as { flag_tc?: boolean }).flag_tc]).toEqual([0, true])
    const question = query(NAME, 'A')
    const length = Buffer.from([question.length >> 8, question.length & 255])
    const received = await new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = []
      const socket = connect(port, ADDRESS, () => socket.write(Buffer.concat([length, question])))
      socket.on('error', reject)
      socket.on('data', (chunk) => {
        chunks.push(chunk)
        const whole = Buffer.concat(chunks)
        if (whole.length < 2 || whole.length < 2 + whole.readUInt16BE(0)) return
        socket.destroy()
        resolve(whole.subarray(2))
      })
    })
    expect(decode(received).answers).toHaveLength(60)
  })

  it('is not hurt by what is no query', async () => {
    const whole = query(NAME, 'A')
    const broken = Array.from({ length: whole.length }, (_, cut) => whole.subarray(0, cut))
    const looping = Buffer.concat([whole.subarray(0, 12), Buffer.from([0xc0, 0x0c, 0, 1, 0, 1])])
    const answer = Buffer.from(whole)
    answer[2] = 0x80
    for (const bytes of [...broken.slice(0, 13), looping, answer, Buffer.alloc(512, 255), Buffer.alloc(5000)])
      expect(await exchange(bytes, false)).toMatchObject({ rcode: 'REFUSED' })
    expect((await ask(NAME, 'A')).rcode).toBe('NOERROR')
  })

  it('is not hurt by senders that cannot be answered', async () => {
    server.answer(query(NAME, 'A'), { address: ADDRESS, port: 0 })
    expect((await ask(NAME, 'A')).rcode).toBe('NOERROR')
  })

  it('does not keep answers for those who ask on without reading', async () => {
    const question = query(NAME, 'A')
    const framed = Buffer.concat([Buffer.from([question.length >> 8, question.length & 255]), question])
    const many = Buffer.concat(Array.from({ length: 2000 }, () => framed))
    const isCutOff = await new Promise<boolean>((resolve) => {
      const socket = connect(port, ADDRESS, () => {
        socket.pause()
        const go = (left: number): void => {
          if (left === 0) resolve(false)
          else socket.write(many, (error) => (error ? resolve(true) : go(left - 1)))
        }
        go(1000)
      })
      socket.on('error', () => resolve(true))
    })
    expect(isCutOff).toBe(true)
  })
})
