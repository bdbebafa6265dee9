import { describe, expect, it } from 'vitest'
import { seededSealer } from '../../../test/fakes/seeded-sealer.ts'
import { aListener, aLoadBalancer, aRule, aTarget, aTargetGroup } from '../../../test/builders/a-load-balancer.ts'
import { BalancerServer } from '../../agentlink/balancer-server.ts'
import type { MessageSocket, SocketListener } from '../../agentlink/socket.ts'
import { ManualClock, settle } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { BALANCER_LOSS_GRACE_MS, BALANCER_STALL_MS } from '../../model/load-balancing/balancer-limits.ts'
import type { BalancerMessage, ControlMessage } from '../../model/load-balancing/messages.ts'
import { clientSecretPurpose } from '../../model/load-balancing/records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { ServedRules } from '../../store/load-balancing/served-rules.ts'
import { TargetHealthBook } from '../../store/load-balancing/target-health-book.ts'
import { Store } from '../../store/store.ts'
import { BalancerHub } from './balancer-hub.ts'

/** A balancer's end that takes what is sent, or does not. */
class Peer implements MessageSocket {
  bufferedBytes = 0
  isTaking = true
  closedWith: number | undefined
  isTerminated = false
  readonly heard: ControlMessage[] = []
  listener: SocketListener | undefined

  send(text: string): void {
    this.heard.push(JSON.parse(text) as ControlMessage)
    if (!this.isTaking) this.bufferedBytes += 2_000_000
  }

  close(code: number): void {
    this.closedWith = code
  }

  terminate(): void {
    this.isTerminated = true
  }

  say(message: BalancerMessage): void {
    this.listener?.message(JSON.stringify(message))
  }

  take(): void {
    this.isTaking = true
    this.bufferedBytes = 0
    this.listener?.drained()
  }

  /** What it heard since it was asked last, in words. */
  news(): string[] {
    return this.heard.splice(0).map((message) => {
      if (message.type === 'set') return `set ${message.item.kind}`
      return message.type === 'remove' ? `remove ${message.kind}` : message.type
    })
  }
}

const rest = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await settle()
}

const hub = async () => {
  const store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  const [clock, ids] = [new ManualClock(), new SeededIds(1)]
  const servedRules = new ServedRules(store, clock)
  await clock.advance(BALANCER_LOSS_GRACE_MS)
  const host = new BalancerHub({
    store,
    clock,
    log: silentLog,
    sealer: seededSealer,
    targetHealth: new TargetHealthBook(),
    servedRules,
    balancerWelcome: { cookieKey: 'key', suffix: 'localhost' },
  })
  const server = new BalancerServer({ clock, ids, log: silentLog, host })
  const rule = aRule()
  const connect = async (balancerId = 'one', mayStay = () => true): Promise<Peer> => {
    const peer = new Peer()
    server.connect((listener) => {
      peer.listener = listener
      return peer
    }, mayStay)
    peer.say({ type: 'hello', balancerId, version: '0' })
    await rest()
    return peer
  }
  return { store, clock, server, connect, isServed: () => servedRules.isServed(rule) }
}

const served = async () => {
  const all = await hub()
  await all.store.transact((tx) => {
    tx.loadBalancers.insert(aLoadBalancer())
    tx.listeners.insert(aListener())
    tx.rules.insert(aRule())
    tx.targetGroups.insert(aTargetGroup())
  })
  return all
}

describe('a balancer that connects', () => {
  it('hears the whole table, what is named before what names it', async () => {
    const { connect } = await served()
    const peer = await connect()
    expect(peer.news()).toEqual(['welcome', 'set targetGroup', 'set loadBalancer', 'ready'])
  })

  it('hears that there is nothing', async () => {
    const { connect } = await hub()
    expect((await connect()).news()).toEqual(['welcome', 'ready'])
  })

  it('takes the place of its former connection', async () => {
    const { connect } = await served()
    const [former, other] = [await connect(), await connect('two')]
    await connect()
    expect([former.closedWith, other.closedWith]).toEqual([1008, undefined])
  })

  it('has to say who it is, and to answer', async () => {
    const { clock, server, connect } = await served()
    const silent = new Peer()
    server.connect((listener) => {
      silent.listener = listener
      return silent
    })
    const deaf = await connect()
    await clock.advance(16_000)
    expect(silent.closedWith).toBe(1008)
    await clock.advance(45_000)
    expect(deaf.closedWith).toBe(1001)
  })

  it('may stay for as long as its permission lasts', async () => {
    const { clock, connect } = await served()
    let isAllowed = true
    const peer = await connect('one', () => isAllowed)
    isAllowed = false
    await clock.advance(16_000)
    expect(peer.closedWith).toBe(1000)
  })
})

describe('a change', () => {
  it('touches what is made of it and nothing else', async () => {
    const { store, connect } = await served()
    const peer = await connect()
    peer.news()
    await store.transact((tx) => tx.targets.insert(aTarget()))
    await rest()
    expect(peer.news()).toEqual(['set targetGroup', 'ready'])
    await store.transact((tx) => tx.loadBalancers.update(aLoadBalancer().loadBalancerArn, { state: 'active' }))
    await store.transact((tx) =>
      tx.targetGroups.update(aTargetGroup().targetGroupArn, { tags: [{ key: 'a', value: '' }] }),
    )
    await rest()
    expect(peer.news()).toEqual([])
    await store.transact((tx) => tx.rules.insert(aRule({ priority: 1 })))
    await rest()
    expect(peer.news()).toEqual(['set loadBalancer', 'ready'])
  })

  it('of several rows at once is said as one', async () => {
    const { store, connect } = await served()
    const peer = await connect()
    peer.news()
    for (const port of [1, 2, 3]) void store.transact((tx) => tx.targets.insert(aTarget({ port })))
    await rest()
    expect(peer.news()).toEqual(['set targetGroup', 'ready'])
  })

  it('brings secrets opened', async () => {
    const { store, connect } = await served()
    const rule = aRule({ priority: 1, actions: [{ Type: 'authenticate-oidc', AuthenticateOidcConfig: OIDC }] })
    const clientSecret = seededSealer.seal(Buffer.from('secret'), clientSecretPurpose(rule))
    await store.transact((tx) => tx.rules.insert({ ...rule, clientSecret }))
    const peer = await connect()
    const [said] = peer.heard.filter((message) => message.type === 'set' && message.item.kind === 'loadBalancer')
    expect(JSON.stringify(said)).toContain('"ClientSecret":"secret"')
  })
})

const OIDC = {
  Issuer: 'https://id.example.com',
  AuthorizationEndpoint: 'https://id.example.com/authorize',
  TokenEndpoint: 'https://id.example.com/token',
  UserInfoEndpoint: 'https://id.example.com/user',
  ClientId: 'web',
}

describe('a rule', () => {
  const revisionOf = (peer: Peer): number =>
    peer.heard.splice(0).findLast((message) => message.type === 'ready')?.revision ?? 0
  const change = (store: Store, Weight: number) =>
    store.transact((tx) =>
      tx.rules.update(aRule().ruleArn, {
        actions: [
          {
            Type: 'forward',
            ForwardConfig: { TargetGroups: [{ TargetGroupArn: aTargetGroup().targetGroupArn, Weight }] },
          },
        ],
      }),
    )

  it('is served when every balancer goes by it as it is', async () => {
    const { store, connect, isServed } = await served()
    const [one, other] = [await connect(), await connect('two')]
    one.say({ type: 'applied', revision: revisionOf(one) })
    expect(isServed()).toBe(false)
    other.say({ type: 'applied', revision: revisionOf(other) })
    expect(isServed()).toBe(true)
    const isWritten = change(store, 1)
    // Before anybody was told.
    expect(isServed()).toBe(false)
    await isWritten
    await rest()
    for (const peer of [one, other]) peer.say({ type: 'applied', revision: revisionOf(peer) })
    expect(isServed()).toBe(true)
  })

  it('is served by a table that others have overtaken since', async () => {
    const { store, connect, isServed } = await served()
    const peer = await connect()
    const first = revisionOf(peer)
    await store.transact((tx) => tx.rules.insert(aRule({ priority: 1 })))
    await rest()
    peer.say({ type: 'applied', revision: first })
    expect(isServed()).toBe(true)
  })

  it('waits for a balancer until it has been away for a while', async () => {
    const { store, clock, connect, isServed } = await served()
    const peer = await connect()
    peer.say({ type: 'applied', revision: revisionOf(peer) })
    peer.listener?.ended({ kind: 'closed', code: 1006, reason: '' })
    await change(store, 2)
    await clock.advance(BALANCER_LOSS_GRACE_MS - 1)
    expect(isServed()).toBe(false)
    await clock.advance(1)
    expect(isServed()).toBe(true)
  })
})

describe('a slow balancer', () => {
  it('hears the last word on each item when it takes more', async () => {
    const { store, connect } = await served()
    const peer = await connect()
    peer.isTaking = false
    await store.transact((tx) => tx.targets.insert(aTarget({ port: 1 })))
    await rest()
    peer.news()
    for (const port of [2, 3, 4]) {
      await store.transact((tx) => tx.targets.insert(aTarget({ port })))
      await rest()
    }
    expect(peer.news()).toEqual([])
    peer.take()
    await rest()
    const [last] = peer.heard.filter((message) => message.type === 'set')
    expect(last?.item.kind === 'targetGroup' && last.item.value.targets.map(({ port }) => port)).toEqual([1, 2, 3, 4])
    expect(peer.news()).toEqual(['ready', 'set targetGroup', 'ready'])
  })

  it('is cut off when it takes nothing for long', async () => {
    const { store, clock, connect } = await served()
    const peer = await connect()
    peer.isTaking = false
    await store.transact((tx) => tx.targets.insert(aTarget()))
    await rest()
    await clock.advance(BALANCER_STALL_MS)
    expect(peer.isTerminated).toBe(true)
  })
})
