import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { ChannelEnd, type ChannelEndListener } from './channel-end.ts'
import { channelClosed } from './channel-closed.ts'
import { DataChannelError } from './data-channel-error.ts'
import { decodeFrame } from './frame.ts'

interface Wire {
  /** Both ends know of it at once; what was on its way is lost. */
  isCut: boolean
}

/** An agent and a client over a connection that keeps order and is cut now and then. */
const aPair = (listeners: { agent?: Partial<ChannelEndListener>; client?: Partial<ChannelEndListener> } = {}) => {
  const [clock, ids, wire]: [ManualClock, SeededIds, Wire] = [new ManualClock(), new SeededIds(1), { isCut: false }]
  const received = { agent: [] as string[], client: [] as string[] }
  const told: string[] = []
  let generation = 0
  let isClientMute = false
  const make = (side: 'agent' | 'client', other: () => ChannelEnd): ChannelEnd =>
    new ChannelEnd({
      clock,
      ids,
      side,
      transmit: (frame) => {
        const sentIn = generation
        if (!wire.isCut && !(side === 'client' && isClientMute))
          clock.setTimer(20, () => sentIn === generation && !wire.isCut && other().take(frame))
      },
      listener: {
        received: ({ payload }) => void received[side].push(Buffer.from(payload).toString()),
        told: ({ messageType }) => told.push(messageType),
        ...listeners[side],
      },
    })
  const agent: ChannelEnd = make('agent', () => client)
  const client: ChannelEnd = make('client', () => agent)
  const cut = (): void => {
    wire.isCut = true
    generation++
    agent.pause()
    client.pause()
  }
  const mend = (): void => {
    wire.isCut = false
    agent.resume()
    client.resume()
  }
  mend()
  const loseFromClient = (isMute: boolean): void => {
    isClientMute = isMute
  }
  return { clock, ids, agent, client, received, told, cut, mend, loseFromClient }
}

const text = (value: string): Buffer => Buffer.from(value)

describe('two ends of a channel', () => {
  it('hear each other', async () => {
    const { clock, agent, client, received } = aPair()
    agent.send(1, text('$ '))
    client.send(1, text('ls\r'))
    expect([agent.isAcknowledged, client.isAcknowledged]).toEqual([false, false])
    await clock.advance(100)
    expect(received).toEqual({ agent: ['ls\r'], client: ['$ '] })
    expect([agent.isAcknowledged, client.isAcknowledged]).toEqual([true, true])
  })

  it('lose nothing to a connection that is cut, though a client is silent on what it has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('agent', 'client', 'cut'), fc.nat({ max: 300 })), { maxLength: 60 }),
        async (events) => {
          const { clock, agent, client, received, cut, mend } = aPair()
          const sent = { agent: [] as string[], client: [] as string[] }
          for (const [index, [who, ms]] of events.entries()) {
            if (who === 'cut') cut()
            else {
              sent[who].push(String(index))
              ;(who === 'agent' ? agent : client).send(1, text(String(index)))
            }
            await clock.advance(ms)
            if (who === 'cut') mend()
          }
          await clock.advance(5000)
          expect(received).toEqual({ agent: sent.client, client: sent.agent })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('send what was sent while nobody was there', async () => {
    const { clock, agent, received, cut, mend } = aPair()
    cut()
    agent.send(1, text('a'))
    agent.send(1, text('b'))
    await clock.advance(60_000)
    expect(received.client).toEqual([])
    mend()
    await clock.advance(30)
    expect(received.client).toEqual(['a', 'b'])
  })

  it('wait for who cannot take any more', async () => {
    let takes = false
    const taken: string[] = []
    const { clock, agent, client } = aPair({
      agent: { received: ({ payload }) => takes && taken.push(Buffer.from(payload).toString()) > 0 },
    })
    for (const word of ['a', 'b', 'c']) client.send(1, text(word))
    await clock.advance(1000)
    expect(taken).toEqual([])
    takes = true
    agent.drain()
    await clock.advance(1000)
    expect(taken).toEqual(['a', 'b', 'c'])
    expect(client.isAcknowledged).toBe(true)
  })

  it('say when there is room again', async () => {
    let rooms = 0
    const { clock, agent, received } = aPair({ agent: { acknowledged: () => rooms++ } })
    let sent = 0
    while (!agent.isFull) agent.send(1, text(String(sent++)))
    expect(() => agent.send(1, text('x'))).toThrow(DataChannelError)
    await clock.advance(50)
    expect(rooms).toBeGreaterThan(0)
    expect(agent.isFull).toBe(false)
    expect(received.client).toHaveLength(sent)
  })

  it('go on though a whole window was acknowledged in vain', async () => {
    const { clock, agent, client, received, loseFromClient } = aPair()
    let sent = 0
    loseFromClient(true)
    while (!agent.isFull) agent.send(1, text(String(sent++)))
    await clock.advance(1000)
    const words = (): string[] => received.client.filter((word) => word !== '')
    expect([words().length, agent.isFull]).toEqual([sent, true])
    loseFromClient(false)
    await clock.advance(60_000)
    expect(agent.isFull).toBe(false)
    agent.send(1, text('more'))
    client.send(1, text('input'))
    await clock.advance(1000)
    expect(words()).toHaveLength(sent + 1)
    expect(received.agent).toEqual(['input'])
  })

  it('tell of what is no part of a stream, and throw at what is no frame', async () => {
    const { ids, client, told } = aPair()
    client.take(channelClosed({ sessionId: 's', output: '' }, { messageId: ids.uuid(), now: 1 }))
    expect(told).toEqual(['channel_closed'])
    expect(() => client.take(text('nonsense'))).toThrow(DataChannelError)
  })

  it('give up when nobody ever answers', async () => {
    let hasGivenUp = false
    const clock = new ManualClock()
    const frames: Uint8Array[] = []
    const end = new ChannelEnd({
      clock,
      ids: new SeededIds(1),
      side: 'client',
      transmit: (frame) => frames.push(frame),
      listener: { received: () => {}, told: () => {}, gaveUp: () => (hasGivenUp = true) },
    })
    end.send(1, text('a'))
    expect(frames).toEqual([])
    end.resume()
    await clock.advance(3001 * 300)
    expect(hasGivenUp).toBe(true)
    expect(new Set(frames.map((frame) => decodeFrame(frame).sequenceNumber))).toEqual(new Set([0]))
    end.stop()
    end.resume()
    const { length } = frames
    await clock.advance(1000)
    expect(frames).toHaveLength(length)
  })
})
