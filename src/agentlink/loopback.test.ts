import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../kit/clock.ts'
import { SystemIds } from '../kit/ids.ts'
import { silentLog } from '../kit/log.ts'
import type { AgentMessage, ServerMessage } from './acs-messages.ts'
import { AcsClient, type AcsClientOptions } from './acs-client.ts'
import { type AcsHost, acsServer, type AcsSession } from './acs-server.ts'
import type { AcceptLimits } from './accept-queue.ts'
import type { SessionHandler } from './session.ts'
import type { SocketEnd } from './socket.ts'
import { TcsClient } from './tcs-client.ts'
import { type TcsHost, tcsServer } from './tcs-server.ts'
import type { TelemetryRequest } from './tcs-messages.ts'
import { openWebSocket } from './web-sockets.ts'

const [clock, ids, log] = [new SystemClock(), new SystemIds(), silentLog]
const agent = {
  agentHash: 'abc',
  agentVersion: '0.1.0',
  cluster: 'default',
  containerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1',
  dockerVersion: '20.10.24',
}
const toClose: (() => void)[] = []
afterEach(() => toClose.splice(0).forEach((close) => close()))

/** Resolves with the first value given to it. */
const inbox = <T>() => {
  const waiting: ((value: T) => void)[] = []
  const arrived: T[] = []
  return {
    put: (value: T): void => {
      const next = waiting.shift()
      if (next === undefined) arrived.push(value)
      else next(value)
    },
    take: (): Promise<T> =>
      arrived.length > 0 ? Promise.resolve(arrived.shift()!) : new Promise((resolve) => waiting.push(resolve)),
  }
}

const listen = async (upgrade: (...given: Parameters<ReturnType<typeof acsServer>['handleUpgrade']>) => void) => {
  const server: Server = createServer()
  server.on('upgrade', (request, socket, head) => upgrade(request, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  toClose.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const acs = async (admit: AcsHost['admit'] = () => ({ containerInstanceId: '1' }), acceptLimits?: AcceptLimits) => {
  const sessions = inbox<AcsSession>()
  const heard = inbox<AgentMessage>()
  const closed = inbox<AcsSession>()
  const host: AcsHost = {
    admit,
    connected: (session): SessionHandler<AgentMessage> => {
      sessions.put(session)
      return { message: heard.put, drained: () => {}, closed: () => closed.put(session) }
    },
  }
  const server = acsServer({ clock, ids, log, host, ...(acceptLimits && { acceptLimits }) })
  toClose.push(() => server.close())
  const upgrades = inbox<void>()
  const endpoint = await listen((request, socket, head) => {
    server.handleUpgrade(request, socket, head)
    upgrades.put()
  })
  return { server, endpoint, sessions, heard, closed, upgrades }
}

const join = (endpoint: string, more: Partial<AcsClientOptions> = {}) => {
  const heard = inbox<ServerMessage>()
  const client = new AcsClient({
    clock,
    ids,
    log,
    openSocket: openWebSocket,
    sign: ({ headers }) => headers,
    endpoint: async () => endpoint,
    agent,
    onMessage: heard.put,
    ...more,
  })
  toClose.push(() => client.stop())
  client.start()
  return { client, heard }
}

describe('both ends of ACS over real websockets', () => {
  it('carry messages both ways', async () => {
    const { endpoint, sessions, heard } = await acs()
    const far = join(endpoint)
    const session = await sessions.take()
    expect(session.parameters).toMatchObject({ protocolVersion: 2, sendCredentials: true, agentVersion: '0.1.0' })
    session.send({ type: 'CloseMessage', message: { message: 'héllo' } })
    expect(await far.heard.take()).toEqual({ type: 'CloseMessage', message: { message: 'héllo' } })
    const ack = { type: 'AckRequest', message: { cluster: 'c', containerInstance: 'i', messageId: 'm' } } as const
    far.client.send(ack)
    expect(await heard.take()).toEqual(ack)
  })

  it('carry a payload of megabytes', async () => {
    const { endpoint, sessions } = await acs()
    const far = join(endpoint)
    const message = 'x'.repeat(3 * 1024 * 1024)
    ;(await sessions.take()).send({ type: 'CloseMessage', message: { message } })
    expect((await far.heard.take()).message).toEqual({ message })
  })

  it('come together again at once after the server closed', async () => {
    const { endpoint, sessions, closed } = await acs()
    join(endpoint)
    const first = await sessions.take()
    first.close(1001, 'bye')
    expect(await closed.take()).toBe(first)
    expect((await sessions.take()).parameters.sendCredentials).toBe(false)
  })

  it('part when the agent stops', async () => {
    const { endpoint, sessions, closed } = await acs()
    const { client } = join(endpoint)
    const session = await sessions.take()
    client.stop()
    expect(await closed.take()).toBe(session)
  })

  it('part when the agent sends more than is allowed at once', async () => {
    const { endpoint, sessions, closed } = await acs()
    const { client, heard } = join(endpoint)
    const session = await sessions.take()
    session.send({ type: 'CloseMessage', message: { message: 'now both ends are open' } })
    await heard.take()
    const messageId = 'x'.repeat(1024 * 1024)
    client.send({ type: 'AckRequest', message: { cluster: 'c', containerInstance: 'i', messageId } })
    expect(await closed.take()).toBe(session)
  })

  it('answer a deregistered instance with 400 and the exception as the only member', async () => {
    const { endpoint } = await acs(() => ({ exception: 'InactiveInstanceException', message: 'gone' }))
    const answer = await new Promise<SocketEnd>((resolve) => {
      const url = `${endpoint.replace('http', 'ws')}/ws?containerInstanceArn=x`
      openWebSocket({ url, headers: {} }, { opened: () => {}, message: () => {}, drained: () => {}, ended: resolve })
    })
    expect(answer).toEqual({ kind: 'rejected', status: 400, body: '{"InactiveInstanceException":"gone"}' })
  })

  it('tell an agent of its deregistration', async () => {
    const { endpoint } = await acs(() => ({ exception: 'InactiveInstanceException', message: 'gone' }))
    const told = new Promise<string>((resolve) => void join(endpoint, { onInactive: () => resolve('inactive') }))
    expect(await told).toBe('inactive')
  })

  it('turn agents away when too many wait', async () => {
    const { endpoint } = await acs(undefined, { perSecond: 1, burst: 0, waiting: 0 })
    const answer = await new Promise<SocketEnd>((resolve) => {
      const url = `${endpoint.replace('http', 'ws')}/ws`
      openWebSocket({ url, headers: {} }, { opened: () => {}, message: () => {}, drained: () => {}, ended: resolve })
    })
    expect(answer).toMatchObject({ kind: 'rejected', status: 503 })
  })

  it('tell agents that wait to be let in when the server stops', async () => {
    const { endpoint, server, sessions, upgrades } = await acs(undefined, { perSecond: 0.001, burst: 1, waiting: 10 })
    join(endpoint)
    await sessions.take()
    const url = `${endpoint.replace('http', 'ws')}/ws`
    const answer = new Promise<SocketEnd>((resolve) => {
      openWebSocket({ url, headers: {} }, { opened: () => {}, message: () => {}, drained: () => {}, ended: resolve })
    })
    await upgrades.take()
    await upgrades.take()
    server.close()
    expect(await answer).toMatchObject({ kind: 'rejected', status: 503 })
  })

  it('fail to connect where nobody listens, without a word to anyone else', async () => {
    const url = 'ws://127.0.0.1:1/ws'
    const answer = await new Promise<SocketEnd>((resolve) => {
      openWebSocket({ url, headers: {} }, { opened: () => {}, message: () => {}, drained: () => {}, ended: resolve })
    })
    expect(answer).toMatchObject({ kind: 'failed' })
  })

  it('survive a connection that breaks during its upgrade', async () => {
    const { endpoint, server, sessions } = await acs(undefined, { perSecond: 50, burst: 1, waiting: 10 })
    const { port } = new URL(endpoint)
    for (let broken = 0; broken < 3; broken++) {
      const socket = connect(Number(port), '127.0.0.1')
      const upgrade = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
      await new Promise((resolve) => socket.write(upgrade, resolve))
      socket.resetAndDestroy()
    }
    join(endpoint)
    await sessions.take()
    expect(server.size).toBe(1)
  })
})

describe('both ends of TCS over real websockets', () => {
  it('carry signed telemetry, and acknowledge it', async () => {
    const heard = inbox<TelemetryRequest>()
    const host: TcsHost = {
      admit: ({ containerInstance }) => ({ containerInstanceId: containerInstance }),
      connected: () => ({ message: heard.put, drained: () => {}, closed: () => {} }),
    }
    const server = tcsServer({ clock, ids, log, host })
    toClose.push(() => server.close())
    const endpoint = await listen((request, socket, head) => server.handleUpgrade(request, socket, head))
    const connected = inbox<void>()
    const client = new TcsClient({
      clock,
      ids,
      log,
      openSocket: openWebSocket,
      sign: ({ headers, body }) => ({ ...headers, 'X-Signed-Length': String(body?.length ?? 0) }),
      endpoint: async () => endpoint,
      agent,
      onConnected: () => connected.put(),
    })
    toClose.push(() => client.stop())
    client.start()
    await connected.take()
    const request = {
      type: 'PublishMetricsRequest',
      message: {
        metadata: { cluster: 'c', containerInstance: 'i', messageId: 'm', idle: true, fin: true },
        timestamp: 1,
      },
    } as const
    client.publish(request)
    expect(await heard.take()).toEqual(request)
  })
})
