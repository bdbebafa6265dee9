import { describe, expect, it } from 'vitest'
import { MemorySocket } from '../../test/fakes/memory-sockets.ts'
import { ManualClock, settle } from '../kit/clock.ts'
import { SeededIds } from '../kit/ids.ts'
import { silentLog } from '../kit/log.ts'
import type { AgentMessage } from './acs-messages.ts'
import { acsServer, type AcsSession } from './acs-server.ts'
import type { Admission } from './session-server.ts'
import type { SocketEnd } from './socket.ts'
import { tcsServer } from './tcs-server.ts'
import type { TelemetryRequest } from './tcs-messages.ts'

interface Peer {
  readonly socket: MemorySocket
  readonly received: { type: string; message: Record<string, unknown> }[]
  end?: SocketEnd
}

/** The far end of a session, recording what it is told. */
const peerOf = (connect: (open: (listener: ConstructorParameters<typeof MemorySocket>[0]) => MemorySocket) => void) => {
  const received: Peer['received'] = []
  const peer: { end?: SocketEnd } = {}
  const socket = new MemorySocket({
    message: (text) => received.push(JSON.parse(text)),
    drained: () => {},
    ended: (end) => {
      peer.end = end
    },
  })
  let serverEnd: MemorySocket | undefined
  connect((listener) => {
    serverEnd = new MemorySocket(listener)
    serverEnd.connect(socket)
    socket.connect(serverEnd)
    return serverEnd
  })
  return Object.assign(peer, { socket, received, serverEnd: () => serverEnd })
}

const acs = (admission: Admission = { containerInstanceId: 'i-1' }) => {
  const clock = new ManualClock()
  const heard: AgentMessage[] = []
  const sessions: AcsSession[] = []
  const closed: AcsSession[] = []
  let drained = 0
  const server = acsServer({
    clock,
    ids: new SeededIds(1),
    log: silentLog,
    host: {
      admit: () => admission,
      connected: (session) => {
        sessions.push(session)
        return {
          message: (message) => heard.push(message),
          drained: () => drained++,
          closed: () => closed.push(session),
        }
      },
    },
  })
  const join = (query = 'protocolVersion=2&sendCredentials=true&agentVersion=1.105.1') =>
    peerOf((open) => server.connect(new URLSearchParams(query), open))
  return { clock, server, join, heard, sessions, closed, drained: () => drained }
}

describe('ACS sessions', () => {
  it('carry what the agent says of itself', () => {
    const { join, sessions } = acs()
    join(
      'agentHash=abc&agentVersion=1.105.1&clusterArn=web&dockerVersion=DockerVersion:%2020.10.24&sendCredentials=false',
    )
    expect(sessions[0]?.parameters).toEqual({
      agentHash: 'abc',
      agentVersion: '1.105.1',
      clusterArn: 'web',
      containerInstanceArn: '',
      dockerVersion: 'DockerVersion: 20.10.24',
      protocolVersion: 1,
      sendCredentials: false,
    })
  })

  it('are refused with the exception that the host names', () => {
    const { server } = acs({ exception: 'InactiveInstanceException', message: 'gone' })
    const refusal = server.connect(new URLSearchParams(), () => {
      throw new Error('nobody was let in')
    })
    expect(refusal).toEqual({ exception: 'InactiveInstanceException', message: 'gone' })
    expect(server.size).toBe(0)
  })

  it('hand on well-formed messages and ignore everything else', async () => {
    const { join, heard } = acs()
    const { socket } = join()
    const ack = { type: 'AckRequest', message: { cluster: 'c', containerInstance: 'i', messageId: 'm' } }
    const frames = [
      '',
      '{',
      '{"type":"AckRequest"}',
      '{"type":"AckRequest","message":{}}',
      '{"type":"Nonsense","message":{}}',
    ]
    const wrong = '{"type":"TaskStopVerificationMessage","message":{"messageId":"m","stopCandidates":[null]}}'
    for (const frame of [...frames, '{"type":"constructor","message":{}}', wrong, JSON.stringify(ack)])
      socket.send(frame)
    await settle()
    expect(heard).toEqual([ack])
  })

  it('get a heartbeat every 45 seconds', async () => {
    const { clock, join } = acs()
    const peer = join('protocolVersion=1')
    await clock.advance(450_000)
    expect(peer.received.filter(({ type }) => type === 'HeartbeatMessage')).toHaveLength(10)
    expect(peer.received[0]?.message).toEqual({ messageId: expect.any(String), healthy: true })
    expect(peer.end).toBeUndefined()
  })

  it('are closed when an agent of protocol version 2 leaves two heartbeats unacknowledged', async () => {
    const { clock, join, closed } = acs()
    const peer = join()
    await clock.advance(89_000)
    expect(peer.end).toBeUndefined()
    await clock.advance(46_000)
    expect(peer.end).toMatchObject({ kind: 'closed', code: 1001 })
    expect(closed).toHaveLength(1)
  })

  it('stay open while heartbeats are acknowledged', async () => {
    const { clock, join } = acs()
    const peer = join()
    for (let turn = 0; turn < 20; turn++) {
      await clock.advance(45_000)
      peer.socket.send('{"type":"HeartbeatAckRequest","message":{"messageId":"m"}}')
    }
    expect(peer.end).toBeUndefined()
  })

  it('give way to a newer connection of the same instance, without the newer one noticing', async () => {
    const { server, join, sessions, closed } = acs()
    const older = join()
    const newer = join()
    await settle()
    expect(older.end).toMatchObject({ code: 1008 })
    expect(newer.end).toBeUndefined()
    expect(closed).toEqual([sessions[0]])
    expect(server.size).toBe(1)
    newer.socket.drop()
    expect(server.size).toBe(0)
    expect(closed).toEqual(sessions)
  })

  it('tell of their end once, and take no messages after it', async () => {
    const { join, sessions, closed, heard } = acs()
    const peer = join()
    peer.socket.send('{"type":"AckRequest","message":{"messageId":"late"}}')
    sessions[0]?.close(1000, 'enough')
    sessions[0]?.close(1000, 'again')
    await settle()
    expect(closed).toHaveLength(1)
    expect(heard).toEqual([])
    expect(sessions[0]?.isOpen).toBe(false)
  })

  it('are congested while the agent does not read, and say when that is over', async () => {
    const { join, sessions, drained } = acs()
    const peer = join()
    peer.serverEnd()?.hold()
    const text = 'x'.repeat(2 * 1024 * 1024)
    sessions[0]?.send({ type: 'CloseMessage', message: { message: text } })
    expect(sessions[0]?.isCongested).toBe(true)
    peer.serverEnd()?.release()
    await settle()
    expect(sessions[0]?.isCongested).toBe(false)
    expect(drained()).toBe(1)
  })

  it('survive a handler that fails', async () => {
    const clock = new ManualClock()
    const server = acsServer({
      clock,
      ids: new SeededIds(1),
      log: silentLog,
      host: {
        admit: () => ({ containerInstanceId: 'i-1' }),
        connected: () => ({
          message: () => {
            throw new Error('a bug')
          },
          drained: () => {},
          closed: () => {},
        }),
      },
    })
    const peer = peerOf((open) => server.connect(new URLSearchParams(), open))
    peer.socket.send('{"type":"AckRequest","message":{"messageId":"m"}}')
    await settle()
    expect(peer.end).toBeUndefined()
  })

  it('are all closed when the server stops', async () => {
    const { server, join } = acs()
    const peer = join()
    server.close()
    await settle()
    expect(peer.end).toMatchObject({ code: 1001 })
    expect(server.size).toBe(0)
    const refusal = server.connect(new URLSearchParams(), () => {
      throw new Error('nobody was let in')
    })
    expect(refusal?.exception).toBe('ServerException')
  })
})

describe('TCS sessions', () => {
  const tcs = () => {
    const heard: TelemetryRequest[] = []
    const clock = new ManualClock()
    const server = tcsServer({
      clock,
      ids: new SeededIds(1),
      log: silentLog,
      host: {
        admit: ({ containerInstance }) => ({ containerInstanceId: containerInstance }),
        connected: () => ({ message: (message) => heard.push(message), drained: () => {}, closed: () => {} }),
      },
    })
    const peer = peerOf((open) => server.connect(new URLSearchParams('containerInstance=i-1'), open))
    return { clock, heard, peer }
  }

  it('acknowledge every request with its own type, with or without the header block', async () => {
    const { heard, peer } = tcs()
    const metadata = { cluster: 'c', containerInstance: 'i', messageId: 'm-1', fin: true }
    const metrics = { type: 'PublishMetricsRequest', message: { metadata: { ...metadata, idle: true }, timestamp: 1 } }
    const health = { type: 'PublishHealthRequest', message: { metadata, tasks: [], timestamp: 1 } }
    const status = {
      type: 'PublishInstanceStatusRequest',
      message: { metadata: { cluster: 'c', containerInstance: 'i', requestId: 'r-1' }, statuses: [], timestamp: 1 },
    }
    peer.socket.send(`Host: x\r\nX-Amz-Date: y\r\n\r\n${JSON.stringify(metrics)}`)
    peer.socket.send(JSON.stringify(health))
    peer.socket.send(JSON.stringify(status))
    await settle()
    expect(heard).toEqual([metrics, health, status])
    expect(peer.received).toEqual([
      { type: 'AckPublishMetric', message: { message: 'm-1' } },
      { type: 'AckPublishHealth', message: { message: 'm-1' } },
      { type: 'AckPublishInstanceStatus', message: { message: 'r-1' } },
    ])
  })

  it('ignore requests whose lists are none', async () => {
    const { heard, peer } = tcs()
    peer.socket.send('{"type":"PublishHealthRequest","message":{}}')
    peer.socket.send('{"type":"PublishHealthRequest","message":{"tasks":[{"taskArn":"a"}]}}')
    peer.socket.send('{"type":"PublishMetricsRequest","message":{"taskMetrics":[7]}}')
    peer.socket.send('{"type":"PublishInstanceStatusRequest","message":{"statuses":{}}}')
    await settle()
    expect(heard).toEqual([])
    expect(peer.received).toEqual([])
  })

  it('get heartbeats that need no acknowledgement', async () => {
    const { clock, peer } = tcs()
    await clock.advance(10 * 60_000)
    expect(peer.received.at(-1)).toEqual({ type: 'HeartbeatMessage', message: { healthy: true } })
    expect(peer.end).toBeUndefined()
  })
})
