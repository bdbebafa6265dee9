import { describe, expect, it } from 'vitest'
import type { DataSocket } from '../../agentlink/data-socket.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { channelClosed, decodeChannelClosed } from '../../model/data-channel/channel-closed.ts'
import { decodeFrame, encodeFrame, messageTypeOf } from '../../model/data-channel/frame.ts'
import { DATA_CHANNEL_SILENT_TURNS, DATA_CHANNEL_SOCKET_BYTES } from '../../model/exec-limits.ts'
import { Connection } from './connection.ts'
import { Relay, type Side } from './relay.ts'

class FakeSocket implements DataSocket {
  bufferedBytes = 0
  isPaused = false
  pings = 0
  isTerminated = false
  closedWith: number | undefined
  readonly sent: Uint8Array[] = []
  send(frame: string | Uint8Array): void {
    this.sent.push(frame as Uint8Array)
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  ping(): void {
    this.pings++
  }
  close(code: number): void {
    this.closedWith = code
  }
  terminate(): void {
    this.isTerminated = true
  }
}

const aRelay = () => {
  const [clock, ids] = [new ManualClock(), new SeededIds(1)]
  const heard: string[] = []
  const relay = new Relay({
    sessionId: 's',
    targetId: 'ecs:a_b_c',
    clock,
    ids,
    listener: { lost: (side) => heard.push(`${side} lost`), agentEnded: (output) => heard.push(`ended: ${output}`) },
  })
  const attach = (side: Side) => {
    const socket = new FakeSocket()
    const connection = new Connection({ text: () => {}, frame: () => {}, drained: () => {}, ended: () => {} })
    connection.begin(socket)
    relay.attach(side, connection)
    return { socket, connection, types: () => socket.sent.map(messageTypeOf) }
  }
  const frame = (messageType: string, payload = 'x') =>
    encodeFrame({
      messageType,
      createdDate: 1,
      sequenceNumber: 0,
      flags: 0,
      messageId: ids.uuid(),
      payloadType: 1,
      payload: Buffer.from(payload),
    })
  return { clock, ids, relay, heard, attach, frame }
}

describe('a relay', () => {
  it('passes frames on as they are, of the types that each end may send', () => {
    const { attach, frame } = aRelay()
    const [client, agent] = [attach('client'), attach('agent')]
    const types = ['input_stream_data', 'output_stream_data', 'acknowledge', 'start_publication', 'agent_session_state']
    const frames = types.map((type) => frame(type))
    for (const each of frames) client.connection.frame(each)
    for (const each of frames) agent.connection.frame(each)
    expect(agent.socket.sent.slice(1)).toEqual([frames[0], frames[2]])
    expect(client.socket.sent).toEqual([frames[1], frames[2]])
  })

  it('tells the agent whether there is a client', () => {
    const { attach } = aRelay()
    const agent = attach('agent')
    const first = attach('client')
    first.connection.ended()
    attach('client')
    attach('client')
    expect(agent.types()).toEqual([
      'pause_publication',
      'start_publication',
      'pause_publication',
      'start_publication',
      'pause_publication',
      'start_publication',
    ])
    expect(attach('agent').types()).toEqual(['start_publication'])
    expect(agent.socket.closedWith).toBe(1000)
  })

  it('reads no more of who sends more than the other takes', () => {
    const { attach, frame } = aRelay()
    const [client, agent] = [attach('client'), attach('agent')]
    agent.connection.frame(frame('output_stream_data'))
    expect(agent.socket.isPaused).toBe(false)
    client.socket.bufferedBytes = DATA_CHANNEL_SOCKET_BYTES + 1
    agent.connection.frame(frame('output_stream_data'))
    expect(agent.socket.isPaused).toBe(true)
    client.connection.drained()
    expect(agent.socket.isPaused).toBe(false)
    agent.connection.frame(frame('output_stream_data'))
    client.connection.ended()
    expect(agent.socket.isPaused).toBe(false)
  })

  it('says who is away, and for how long', async () => {
    const { clock, relay, heard, attach } = aRelay()
    const agent = attach('agent')
    await clock.advance(500)
    expect([relay.awayMs('client'), relay.awayMs('agent'), relay.hadAgent]).toEqual([500, 0, true])
    agent.connection.ended()
    await clock.advance(100)
    expect([relay.awayMs('agent'), relay.has('agent'), heard]).toEqual([100, false, ['agent lost']])
  })

  it('says that the agent has ended the session, and why', () => {
    const { ids, heard, attach, frame } = aRelay()
    const agent = attach('agent')
    agent.connection.frame(channelClosed({ sessionId: 's', output: 'Idle.' }, { messageId: ids.uuid(), now: 1 }))
    agent.connection.frame(frame('channel_closed', 'no JSON'))
    expect(heard).toEqual(['ended: Idle.', 'ended: '])
  })

  it('ends both connections with the reason', () => {
    const { relay, heard, attach } = aRelay()
    const ends = [attach('client'), attach('agent')]
    relay.end('The task has stopped.')
    for (const { socket, connection } of ends) {
      expect(decodeChannelClosed(decodeFrame(socket.sent.at(-1)!))).toEqual({
        sessionId: 's',
        output: 'The task has stopped.',
        destinationId: 'ecs:a_b_c',
      })
      expect(socket.closedWith).toBe(1000)
      connection.ended()
    }
    expect(heard).toEqual([])
  })

  it('drops a connection after minutes of silence, if it could have been heard', () => {
    const { relay, attach } = aRelay()
    const [client, agent] = [attach('client'), attach('agent')]
    agent.connection.hold()
    for (let turn = 0; turn < DATA_CHANNEL_SILENT_TURNS; turn++) relay.turn()
    client.connection.alive()
    for (let turn = 0; turn < DATA_CHANNEL_SILENT_TURNS; turn++) relay.turn()
    expect([client.socket.pings, client.socket.isTerminated]).toEqual([2 * DATA_CHANNEL_SILENT_TURNS, false])
    // It may have said its last words and left: to write to it would lose what has not been read of them.
    expect(agent.socket.pings).toBe(0)
    relay.turn()
    expect(client.socket.isTerminated).toBe(true)
    expect(agent.socket.isTerminated).toBe(false)
  })
})
