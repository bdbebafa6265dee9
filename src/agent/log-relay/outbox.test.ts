import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { Outbox } from './outbox.ts'
import { PUT_LOG_EVENTS, type RelayAnswer, type RelayedCall, TAKEN } from './relayed-call.ts'

const NEVER = new AbortController().signal

const events = (text: string, target = PUT_LOG_EVENTS): RelayedCall => ({
  target,
  region: 'us-east-1',
  body: Buffer.from(text),
  payloadHash: text,
})

/** An outbox before a control plane that answers when the test says so. */
const anOutbox = (capacityBytes: number) => {
  const clock = new ManualClock()
  const lost: string[] = []
  const sent: { readonly text: string; readonly answer: (answer?: RelayAnswer) => void }[] = []
  const controlPlane = {
    isAway: false,
    send: (call: RelayedCall, _credentials: unknown, signal: AbortSignal) =>
      new Promise<RelayAnswer>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        sent.push({ text: call.payloadHash, answer: (answer = { status: 200, body: 'theirs' }) => resolve(answer) })
      }),
  }
  const outbox = new Outbox({
    forwarder: controlPlane,
    credentialsOf: () => undefined,
    clock,
    capacityBytes,
    onLost: (why) => lost.push(why),
  })
  const texts = () => sent.map(({ text }) => text)
  return { outbox, clock, sent, texts, lost, controlPlane }
}

describe('in mode blocking', () => {
  it('Docker waits for the answer of the control plane', async () => {
    const { outbox, sent, clock } = anOutbox(0)
    let isAnswered = false
    const answer = outbox.take(events('a'), NEVER).finally(() => (isAnswered = true))
    await clock.advance(3_600_000)
    expect([isAnswered, outbox.quietMs]).toEqual([false, 0])
    sent[0]?.answer()
    expect(await answer).toEqual({ status: 200, body: 'theirs' })
    await clock.advance(700)
    expect(outbox.quietMs).toBe(700)
  })

  it('what Docker does not wait for any more is given up', async () => {
    const { outbox } = anOutbox(0)
    const leaving = new AbortController()
    const answer = outbox.take(events('a'), leaving.signal)
    leaving.abort(new Error('left'))
    await expect(answer).rejects.toThrow('left')
  })
})

describe('in mode non-blocking', () => {
  it('Docker is answered at once, and all arrives in order', async () => {
    const { outbox, sent, texts, clock, lost } = anOutbox(10)
    for (const text of ['a', 'b', 'c']) expect(await outbox.take(events(text), NEVER)).toBe(TAKEN)
    expect([texts(), outbox.quietMs]).toEqual([['a'], 0])
    for (const index of [0, 1, 2]) {
      sent[index]?.answer()
      await clock.advance(0)
    }
    expect([texts(), lost]).toEqual([['a', 'b', 'c'], []])
    await clock.advance(100)
    expect(outbox.quietMs).toBe(100)
  })

  it('a stream is made before Docker goes on', async () => {
    const { outbox, sent } = anOutbox(10)
    const answer = outbox.take(events('stream', 'Logs_20140328.CreateLogStream'), NEVER)
    sent[0]?.answer({ status: 400, body: 'no group' })
    expect(await answer).toEqual({ status: 400, body: 'no group' })
  })

  it('only what does not fit is lost while the control plane is away', async () => {
    const { outbox, sent, texts, lost, clock, controlPlane } = anOutbox(3)
    controlPlane.isAway = true
    for (const text of ['aa', 'bb', 'cc']) expect(await outbox.take(events(text), NEVER)).toBe(TAKEN)
    expect(lost).toEqual(['the buffer is full'])
    sent[0]?.answer()
    await clock.advance(0)
    await outbox.take(events('dd'), NEVER)
    sent[1]?.answer()
    await clock.advance(0)
    expect(texts()).toEqual(['aa', 'bb', 'dd'])
  })

  it('a full buffer is waited for, a moment, while the control plane takes what there is', async () => {
    const { outbox, sent, lost, clock } = anOutbox(1)
    await outbox.take(events('a'), NEVER)
    const waiting = outbox.take(events('b'), NEVER)
    await clock.advance(500)
    sent[0]?.answer()
    await waiting
    expect(lost).toEqual([])
    const lapsed = outbox.take(events('c'), NEVER)
    await clock.advance(2000)
    await lapsed
    expect(lost).toEqual(['the buffer is full'])
  })

  it('what the control plane does not want is told to be lost', async () => {
    const { outbox, sent, lost, clock } = anOutbox(10)
    await outbox.take(events('a'), NEVER)
    sent[0]?.answer({ status: 400, body: 'no stream' })
    await clock.advance(0)
    expect(lost).toEqual(['no stream'])
  })

  it('what a task that is gone had to say is forgotten', async () => {
    const { outbox, texts, lost, clock } = anOutbox(10)
    for (const text of ['a', 'b']) await outbox.take(events(text), NEVER)
    outbox.end()
    await outbox.emptied()
    await clock.advance(0)
    expect([texts(), lost]).toEqual([['a'], []])
    await expect(outbox.take(events('c'), NEVER)).rejects.toThrow('gone')
  })
})
