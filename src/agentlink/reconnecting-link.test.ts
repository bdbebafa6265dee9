import { describe, expect, it } from 'vitest'
import { MemorySocket } from '../../test/fakes/memory-sockets.ts'
import { ManualClock, settle } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { silentLog } from '../kit/log.ts'
import type { ServerMessage } from './acs-messages.ts'
import { AcsClient } from './acs-client.ts'
import type { Signer } from './signer.ts'
import type { ClientSocketListener, OpenSocket } from './socket.ts'
import { TcsClient } from './tcs-client.ts'

/** No jitter, unless a test wants some. */
const ids = (random = 0): Ids => ({
  hex32: () => '0'.repeat(32),
  orderedHex32: () => '0'.repeat(32),
  uuid: () => 'uuid',
  random: () => random,
})

const sign: Signer = ({ headers, body }) => ({ ...headers, Host: 'h', Authorization: `signed ${body ?? ''}` })

/** A server that a test plays by hand: every attempt to connect waits for the test's answer. */
const server = (clock: ManualClock) => {
  const attempts: { url: string; at: number; listener: ClientSocketListener; socket: MemorySocket; heard: string[] }[] =
    []
  const open: OpenSocket = ({ url }, listener) => {
    const heard: string[] = []
    const socket = new MemorySocket(listener)
    const far = new MemorySocket({ message: (text) => heard.push(text), drained: () => {}, ended: () => {} })
    socket.connect(far)
    far.connect(socket)
    attempts.push({ url, at: clock.now(), listener, socket, heard })
    return socket
  }
  return { attempts, open, last: () => attempts.at(-1)! }
}

const client = (random = 0) => {
  const clock = new ManualClock()
  const far = server(clock)
  const messages: ServerMessage[] = []
  let inactive = 0
  const link = new AcsClient({
    clock,
    ids: ids(random),
    log: silentLog,
    openSocket: far.open,
    sign,
    endpoint: async () => 'http://127.0.0.1:4566/acs/',
    agent: {
      agentHash: 'abc',
      agentVersion: '0.1.0',
      cluster: 'default',
      containerInstanceArn: 'arn:i',
      dockerVersion: '20.10.24',
    },
    onMessage: (message) => messages.push(message),
    onInactive: () => inactive++,
  })
  link.start()
  const say = (message: object): void => far.last().listener.message(JSON.stringify(message))
  const heartbeat = (): void => say({ type: 'HeartbeatMessage', message: { messageId: 'beat', healthy: true } })
  const end = (code: number): void => far.last().listener.ended({ kind: 'closed', code, reason: '' })
  return { clock, link, messages, say, heartbeat, end, ...far, inactive: () => inactive }
}

/** Connected, and something was heard. */
const connected = async (random = 0) => {
  const it = client(random)
  await settle()
  it.last().listener.opened()
  it.heartbeat()
  return it
}

describe("the agent's end of ACS", () => {
  it('says who it is, members sorted, and asks for credentials until it has been connected once', async () => {
    const { clock, last, end } = await connected()
    const query =
      'agentHash=abc&agentVersion=0.1.0&clusterArn=default&containerInstanceArn=arn%3Ai&dockerVersion=DockerVersion%3A%2020.10.24' +
      '&protocolVersion=2&sendCredentials='
    expect(last().url).toBe(`ws://127.0.0.1:4566/acs/ws?${query}true&seqNum=1`)
    end(1000)
    await clock.advance(0)
    expect(last().url).toContain('sendCredentials=false')
  })

  it('acknowledges heartbeats and hands on the messages it knows', async () => {
    const { say, last, messages, heartbeat } = await connected()
    say({ type: 'Nonsense', message: {} })
    last().listener.message('{')
    heartbeat()
    await settle()
    expect(messages.map(({ type }) => type)).toEqual(['HeartbeatMessage', 'HeartbeatMessage'])
    expect(last().heard.map((text) => JSON.parse(text))).toEqual([
      { type: 'HeartbeatAckRequest', message: { messageId: 'beat' } },
      { type: 'HeartbeatAckRequest', message: { messageId: 'beat' } },
    ])
  })

  it.each([1000, 1001, 1006, 1011])('is back at once after close code %i', async (code) => {
    const { clock, attempts, end } = await connected()
    end(code)
    await clock.advance(0)
    expect(attempts).toHaveLength(2)
  })

  it('backs off after other close codes, failures and refusals: 0.25 s, then half as much again each time', async () => {
    const { clock, attempts, last, end } = await connected()
    end(1008)
    await clock.advance(249)
    expect(attempts).toHaveLength(1)
    await clock.advance(1)
    expect(attempts).toHaveLength(2)
    last().listener.ended({ kind: 'failed', error: new Error('refused') })
    await clock.advance(375)
    expect(attempts).toHaveLength(3)
    last().listener.ended({ kind: 'rejected', status: 400, body: '{"InvalidClusterException":"x"}' })
    await clock.advance(562)
    expect(attempts).toHaveLength(3)
    await clock.advance(1)
    expect(attempts).toHaveLength(4)
  })

  it('waits at most two minutes and a fifth between attempts', async () => {
    const { clock, attempts, last } = client(0.999)
    await settle()
    for (let failure = 0; failure < 30; failure++) {
      last().listener.ended({ kind: 'failed', error: new Error('refused') })
      await clock.advance(144_000)
      expect(attempts).toHaveLength(failure + 2)
    }
  })

  it('backs off when the server twice in a row hangs up without a word', async () => {
    const { clock, attempts, last, end } = client()
    await settle()
    last().listener.opened()
    end(1006)
    await clock.advance(0)
    expect(attempts).toHaveLength(2)
    last().listener.opened()
    end(1006)
    await clock.advance(0)
    expect(attempts).toHaveLength(2)
    await clock.advance(250)
    expect(attempts).toHaveLength(3)
  })

  it('tries again after an hour when its instance is deregistered', async () => {
    const { clock, attempts, last, inactive } = client()
    await settle()
    last().listener.ended({ kind: 'rejected', status: 400, body: '{"InactiveInstanceException":"gone"}' })
    expect(inactive()).toBe(1)
    await clock.advance(3_599_999)
    expect(attempts).toHaveLength(1)
    await clock.advance(1)
    expect(attempts).toHaveLength(2)
  })

  it('gives up a connection on which nothing known came for a minute or two', async () => {
    const { clock, attempts, heartbeat, say, last } = await connected(0.5)
    await clock.advance(89_000)
    heartbeat()
    await clock.advance(80_000)
    say({ type: 'Nonsense', message: {} })
    await clock.advance(9_999)
    expect(attempts).toHaveLength(1)
    const { socket } = last()
    await clock.advance(1)
    expect(attempts).toHaveLength(2)
    expect(socket.closedWith?.code).toBe(1000)
  })

  it('renews its connection after half an hour and up to five minutes, with code 1000', async () => {
    const { clock, attempts, heartbeat, last } = await connected(0.5)
    const { socket } = last()
    for (let minute = 0; minute < 32; minute++) {
      await clock.advance(60_000)
      heartbeat()
    }
    expect(attempts).toHaveLength(1)
    await clock.advance(60_000)
    expect(attempts).toHaveLength(2)
    expect(socket.closedWith).toEqual({ code: 1000, reason: 'ConnectionExpired: Reconnect to continue' })
  })

  it('forgets earlier failures once a connection has lived a minute', async () => {
    const { clock, attempts, last, end, heartbeat } = client()
    await settle()
    for (let failure = 0; failure < 5; failure++) {
      last().listener.ended({ kind: 'failed', error: new Error('refused') })
      await clock.advance(10_000)
    }
    last().listener.opened()
    await clock.advance(59_000)
    heartbeat()
    await clock.advance(2000)
    end(1008)
    await clock.advance(250)
    expect(attempts).toHaveLength(7)
  })

  it('tries again when the endpoint cannot be found', async () => {
    const clock = new ManualClock()
    const far = server(clock)
    let asked = 0
    const link = new TcsClient({
      clock,
      ids: ids(),
      log: silentLog,
      openSocket: far.open,
      sign,
      endpoint: async () => {
        if (++asked < 3) throw new Error('no answer')
        return 'https://host/base'
      },
      agent: { agentHash: 'a', agentVersion: 'v', cluster: 'c', containerInstanceArn: 'i', dockerVersion: 'd' },
    })
    link.start()
    await clock.advance(2999)
    expect(asked).toBe(2)
    await clock.advance(1)
    expect(far.last().url).toBe(
      'wss://host/base/ws?agentHash=a&agentVersion=v&cluster=c&containerInstance=i&dockerVersion=d',
    )
  })

  it('closes with code 1000 when it is stopped, and does not come back', async () => {
    const { clock, attempts, link, last } = await connected()
    link.stop()
    expect(last().socket.closedWith?.code).toBe(1000)
    expect(link.isConnected).toBe(false)
    expect(link.send({ type: 'HeartbeatAckRequest', message: { messageId: 'm' } })).toBe(false)
    await clock.advance(3_600_000)
    expect(attempts).toHaveLength(1)
  })

  it('hears nothing of a connection that it gave up', async () => {
    const { clock, attempts, end, messages, say } = await connected()
    const [old] = attempts
    end(1000)
    await clock.advance(0)
    old?.listener.message('{"type":"CloseMessage","message":{"message":"late"}}')
    old?.listener.ended({ kind: 'closed', code: 1006, reason: '' })
    say({ type: 'CloseMessage', message: { message: 'new' } })
    await clock.advance(1000)
    expect(messages.filter(({ type }) => type === 'CloseMessage')).toEqual([
      { type: 'CloseMessage', message: { message: 'new' } },
    ])
    expect(attempts).toHaveLength(2)
  })
})

describe("the agent's end of TCS", () => {
  const telemetry = async () => {
    const clock = new ManualClock()
    const far = server(clock)
    const link = new TcsClient({
      clock,
      ids: ids(),
      log: silentLog,
      openSocket: far.open,
      sign,
      endpoint: async () => 'http://host',
      agent: { agentHash: 'a', agentVersion: 'v', cluster: 'c', containerInstanceArn: 'i', dockerVersion: 'd' },
    })
    link.start()
    await settle()
    far.last().listener.opened()
    return { clock, link, ...far }
  }

  const idle = {
    type: 'PublishMetricsRequest',
    message: {
      metadata: { cluster: 'c', containerInstance: 'i', messageId: 'm', idle: true, fin: true },
      timestamp: 1,
    },
  } as const

  it('signs every frame and puts the signature before it', async () => {
    const { link, last } = await telemetry()
    expect(link.publish(idle)).toBe(true)
    await settle()
    const body = JSON.stringify(idle)
    expect(last().heard).toEqual([`Host: h\r\nAuthorization: signed ${body}\r\n\r\n${body}`])
  })

  it('stays while it is acknowledged and leaves when it is not', async () => {
    const { clock, attempts, last } = await telemetry()
    await clock.advance(59_000)
    last().listener.message('{"type":"AckPublishMetric","message":{"message":"m"}}')
    await clock.advance(59_000)
    expect(attempts).toHaveLength(1)
    last().listener.message('{"type":"ServerException","message":{"message":"m"}}')
    await clock.advance(1000)
    expect(attempts).toHaveLength(2)
  })

  it('drops what cannot be sent', async () => {
    const { link, last } = await telemetry()
    last().listener.ended({ kind: 'closed', code: 1006, reason: '' })
    expect(link.publish(idle)).toBe(false)
  })
})
