/** Both ends of one direction, over a network that loses, doubles and reorders whatever a property says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededIds } from '../../kit/ids.ts'
import { RETRANSMISSION_ATTEMPTS } from '../exec-limits.ts'
import { acknowledgementOf, decodeAcknowledgement } from './acknowledgement.ts'
import { DataChannelError } from './data-channel-error.ts'
import { type ChannelMessage, decodeFrame } from './frame.ts'
import { ReceiveStream } from './receive-stream.ts'
import { SendStream, type SendStreamOptions } from './send-stream.ts'

const aSender = (options: Partial<SendStreamOptions> = {}): SendStream => {
  const ids = new SeededIds(1)
  return new SendStream({ messageType: 'output_stream_data', newMessageId: () => ids.uuid(), ...options })
}

const send = (sender: SendStream, text: string, now = 0): ChannelMessage =>
  decodeFrame(sender.send({ payloadType: 1, payload: Buffer.from(text), createdDate: 1 }, now))

const acknowledge = (sender: SendStream, message: ChannelMessage, now: number): boolean =>
  sender.acknowledge(message, now)

const takeAll = (receiver: ReceiveStream): string[] => {
  const texts: string[] = []
  for (let { next } = receiver; next !== undefined; { next } = receiver) {
    texts.push(Buffer.from(next.payload).toString())
    receiver.taken()
  }
  return texts
}

describe('a sender', () => {
  it('numbers its messages, and marks the first of an agent', () => {
    const agent = aSender()
    expect([send(agent, 'a'), send(agent, 'b')]).toMatchObject([
      { messageType: 'output_stream_data', sequenceNumber: 0, flags: 1 },
      { messageType: 'output_stream_data', sequenceNumber: 1, flags: 0 },
    ])
    expect(send(aSender({ messageType: 'input_stream_data' }), 'a')).toMatchObject({ sequenceNumber: 0, flags: 0 })
  })

  it('sends the oldest again after 200 ms, and again until it is acknowledged', () => {
    const sender = aSender()
    const first = send(sender, 'a', 0)
    send(sender, 'b', 150)
    expect(sender.resend(200)).toBeUndefined()
    expect(decodeFrame(sender.resend(201)!)).toEqual(first)
    expect(sender.resend(300)).toBeUndefined()
    expect(decodeFrame(sender.resend(351)!)).toMatchObject({ sequenceNumber: 1 })
    expect(decodeFrame(sender.resend(402)!)).toEqual(first)
    expect(acknowledge(sender, first, 410)).toBe(true)
    expect(acknowledge(sender, first, 411)).toBe(false)
    expect(sender.isAcknowledged).toBe(false)
  })

  it('waits as long as answers take', () => {
    const sender = aSender()
    for (let at = 0; at < 200_000; at += 1000) acknowledge(sender, send(sender, 'a', at), at + 500)
    send(sender, 'b', 300_000)
    expect(sender.resend(300_500)).toBeUndefined()
    expect(sender.resend(300_520)).toBeDefined()
  })

  it('waits a second at most', () => {
    const sender = aSender()
    for (let at = 0; at < 200_000; at += 10_000) acknowledge(sender, send(sender, 'a', at), at + 9000)
    send(sender, 'b', 300_000)
    expect(sender.resend(301_001)).toBeDefined()
  })

  it('takes no more than its window, and what is acknowledged makes room', () => {
    const sender = aSender({ windowMessages: 2 })
    const first = send(sender, 'a')
    send(sender, 'b')
    expect(sender.isFull).toBe(true)
    expect(() => send(sender, 'c')).toThrow(DataChannelError)
    acknowledge(sender, first, 1)
    expect(send(sender, 'c').sequenceNumber).toBe(2)
    expect(aSender({ windowBytes: 100 }).isFull).toBe(false)
    const small = aSender({ windowBytes: 100 })
    send(small, 'a')
    expect(small.isFull).toBe(true)
  })

  it('is not deceived by acknowledgements of what it did not send', () => {
    const sender = aSender()
    const message = send(sender, 'a')
    expect(acknowledge(sender, { ...message, sequenceNumber: 9 }, 1)).toBe(false)
    expect(acknowledge(sender, { ...message, messageId: '00000000-0000-4000-8000-000000000000' }, 1)).toBe(false)
    expect(acknowledge(sender, { ...message, messageType: 'input_stream_data' }, 1)).toBe(false)
    expect(acknowledge(sender, message, 1)).toBe(true)
  })

  it('gives up after 3000 attempts', () => {
    const sender = aSender()
    send(sender, 'a')
    for (let attempt = 1; attempt <= RETRANSMISSION_ATTEMPTS; attempt++) sender.resend(attempt * 1001)
    expect(sender.hasGivenUp).toBe(false)
    sender.resend(10_000_000)
    expect(sender.hasGivenUp).toBe(true)
  })

  it('does not wait for ever for an acknowledgement that was lost', () => {
    const sender = aSender({ presumesArrival: true })
    send(sender, 'a', 0)
    for (let turn = 1; turn <= 10; turn++) {
      expect(sender.resend(turn * 2000)).toBeDefined()
      expect(sender.isAcknowledged).toBe(false)
      acknowledge(sender, send(sender, 'later', turn * 2000 + 1), turn * 2000 + 2)
    }
    expect(sender.isAcknowledged).toBe(true)
  })

  it('does wait if nothing later is acknowledged, or the connection is another', () => {
    const sender = aSender({ presumesArrival: true })
    send(sender, 'a', 0)
    for (let turn = 1; turn <= 50; turn++) {
      sender.resend(turn * 2000)
      acknowledge(sender, send(sender, 'later', turn * 2000 + 1), turn * 2000 + 2)
      if (turn % 9 === 0) sender.reconnected(turn * 2000 + 3)
    }
    expect(sender.isAcknowledged).toBe(false)
  })
})

describe('a receiver', () => {
  const message = (sequenceNumber: number, text = String(sequenceNumber)): ChannelMessage => ({
    ...send(aSender(), text),
    sequenceNumber,
  })

  it('gives in order what comes in any, and is silent or not on what it has', () => {
    const receiver = new ReceiveStream({ acknowledgesDuplicates: false })
    expect(receiver.receive(message(2))).toBe(true)
    expect(receiver.receive(message(0))).toBe(true)
    expect(takeAll(receiver)).toEqual(['0'])
    expect(receiver.receive(message(0))).toBe(false)
    expect(receiver.receive(message(2))).toBe(false)
    expect(receiver.receive(message(1))).toBe(true)
    expect(takeAll(receiver)).toEqual(['1', '2'])
    const agent = new ReceiveStream({ acknowledgesDuplicates: true })
    agent.receive(message(0))
    takeAll(agent)
    expect(agent.receive(message(0))).toBe(true)
  })

  it('keeps no more than its buffer, and always the next', () => {
    const receiver = new ReceiveStream({ acknowledgesDuplicates: true, bufferMessages: 3, bufferBytes: 5 })
    expect(receiver.receive(message(3))).toBe(false)
    expect(receiver.receive(message(1_000_000_000))).toBe(false)
    expect(receiver.receive(message(1, 'five!'))).toBe(true)
    expect(receiver.receive(message(2))).toBe(false)
    expect(receiver.receive(message(0))).toBe(true)
    expect(takeAll(receiver)).toEqual(['0', 'five!'])
    expect(receiver.receive(message(2))).toBe(true)
  })
})

/** What happens to one frame: it is lost, comes once or twice, now or after others. */
interface Fate {
  readonly copies: number
  readonly delay: number
}

const fates = fc.array(fc.record({ copies: fc.integer({ min: 0, max: 2 }), delay: fc.nat({ max: 12 }) }), {
  minLength: 1,
  maxLength: 200,
})

/** Carries frames through a network until both ends are content; a fate each, over and over, and kind after long. */
const carry = (texts: readonly string[], given: readonly Fate[], patience: number): string[] => {
  const sender = aSender({ windowMessages: 16 })
  const receiver = new ReceiveStream({ acknowledgesDuplicates: true, bufferMessages: 8 })
  const ids = new SeededIds(2)
  const pending: { dueAt: number; frame: Uint8Array }[] = []
  const received: string[] = []
  let drawn = 0
  let sent = 0
  const put = (frame: Uint8Array, turn: number): void => {
    const fate = turn > patience ? { copies: 1, delay: 0 } : given[drawn++ % given.length]!
    for (let copy = 0; copy < fate.copies; copy++) pending.push({ dueAt: turn + 1 + fate.delay * (copy + 1), frame })
  }
  const arrive = (frame: Uint8Array, turn: number): void => {
    const message = decodeFrame(frame)
    if (message.messageType === 'acknowledge')
      return void sender.acknowledge(decodeAcknowledgement(message), turn * 100)
    if (receiver.receive(message)) put(acknowledgementOf(message, { messageId: ids.uuid(), now: 1 }), turn)
    received.push(...takeAll(receiver))
  }
  for (let turn = 0; sent < texts.length || !sender.isAcknowledged; turn++) {
    expect(turn).toBeLessThan(patience + 20_000)
    if (sent < texts.length && !sender.isFull)
      put(sender.send({ payloadType: 1, payload: Buffer.from(texts[sent++]!), createdDate: 1 }, turn * 100), turn)
    const again = sender.resend(turn * 100)
    if (again !== undefined) put(again, turn)
    const due = pending.filter(({ dueAt }) => dueAt <= turn)
    for (const item of due) pending.splice(pending.indexOf(item), 1)
    for (const { frame } of due) arrive(frame, turn)
  }
  return received
}

describe('two ends of a direction', () => {
  it('deliver every message once and in order, whatever is lost, doubled or late', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 60 }), fates, (texts, given) => {
        expect(carry(texts, given, 400)).toEqual(texts)
      }),
      { numRuns: 150 },
    )
  })
})
