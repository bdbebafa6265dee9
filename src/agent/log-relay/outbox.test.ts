import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { Outbox } from './outbox.ts'
import type { SpooledCall } from './log-spool.ts'
import { PUT_LOG_EVENTS, type RelayAnswer, type RelayedCall, TAKEN } from './relayed-call.ts'

const NEVER = new AbortController().signal

const events = (text: string, target = PUT_LOG_EVENTS): RelayedCall => ({
  target,
  region: 'us-east-1',
  body: Buffer.from(text),
  payloadHash: text,
})

/** Files that take a call in no time, as long as there is room on the disk. */
const someFiles = () => {
  const files: RelayedCall[] = []
  const disk = { isFull: false }
  const keep = async (call: RelayedCall): Promise<SpooledCall | undefined> => {
    if (disk.isFull) return undefined
    files.push(call)
    return {
      bytes: call.body.length,
      read: async () => call,
      remove: async () => void files.splice(files.indexOf(call), files.includes(call) ? 1 : 0),
    }
  }
  return { keep, disk, kept: () => files.map(({ payloadHash }) => payloadHash) }
}

/** An outbox before a control plane that answers when the test says so. */
const anOutbox = (bytes: number, { isWaitedFor = false, left = [] as readonly SpooledCall[] } = {}) => {
  const files = someFiles()
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
    buffer: { bytes, isWaitedFor },
    keep: files.keep,
    left,
    onLost: (why) => lost.push(why),
  })
  const texts = () => sent.map(({ text }) => text)
  return { outbox, clock, sent, texts, lost, controlPlane, ...files }
}

describe('in either mode', () => {
  it('Docker is answered when a batch is in a file, which stays until the control plane has it', async () => {
    const { outbox, sent, kept, clock } = anOutbox(10)
    expect(await outbox.take(events('a'), NEVER)).toBe(TAKEN)
    expect([kept(), outbox.quietMs]).toEqual([['a'], 0])
    sent[0]?.answer()
    await clock.advance(700)
    expect([kept(), outbox.quietMs]).toEqual([[], 700])
  })

  it('what was left in files comes before what is new', async () => {
    const { keep } = someFiles()
    const left = await Promise.all(['a', 'b'].map(async (text) => (await keep(events(text)))!))
    const { outbox, sent, texts, clock } = anOutbox(10, { left })
    await outbox.take(events('c'), NEVER)
    for (const index of [0, 1, 2]) {
      await clock.advance(0)
      sent[index]?.answer()
    }
    await outbox.emptied()
    expect(texts()).toEqual(['a', 'b', 'c'])
  })

  it('an agent that ends leaves the files', async () => {
    const { outbox, kept } = anOutbox(10)
    for (const text of ['a', 'b']) await outbox.take(events(text), NEVER)
    outbox.stop()
    await outbox.emptied()
    expect(kept()).toEqual(['a', 'b'])
  })
})

describe('in mode blocking', () => {
  it('Docker waits while there is no room, and nothing is lost', async () => {
    const { outbox, sent, texts, lost, clock, controlPlane } = anOutbox(1, { isWaitedFor: true })
    controlPlane.isAway = true
    await outbox.take(events('a'), NEVER)
    let isAnswered = false
    const answer = outbox.take(events('b'), NEVER).finally(() => (isAnswered = true))
    await clock.advance(3_600_000)
    expect(isAnswered).toBe(false)
    sent[0]?.answer()
    expect(await answer).toBe(TAKEN)
    expect([texts(), lost]).toEqual([['a', 'b'], []])
  })

  it('what Docker does not wait for any more is given up', async () => {
    const { outbox, kept } = anOutbox(1, { isWaitedFor: true })
    await outbox.take(events('a'), NEVER)
    const leaving = new AbortController()
    const answer = outbox.take(events('b'), leaving.signal)
    leaving.abort(new Error('left'))
    await expect(answer).rejects.toThrow('left')
    expect(kept()).toEqual(['a'])
  })

  it('Docker waits for the control plane if the disk is full', async () => {
    const { outbox, sent, texts, disk, clock } = anOutbox(10, { isWaitedFor: true })
    await outbox.take(events('a'), NEVER)
    disk.isFull = true
    const answer = outbox.take(events('b'), NEVER)
    await clock.advance(1000)
    expect(texts()).toEqual(['a'])
    sent[0]?.answer()
    await clock.advance(0)
    sent[1]?.answer()
    expect(await answer).toEqual({ status: 200, body: 'theirs' })
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

  it('what the disk does not take is lost', async () => {
    const { outbox, lost, disk } = anOutbox(10)
    disk.isFull = true
    expect(await outbox.take(events('a'), NEVER)).toBe(TAKEN)
    expect(lost).toEqual(['they cannot be kept on the disk'])
  })

  it('what a task that is gone had to say is forgotten', async () => {
    const { outbox, texts, lost, kept } = anOutbox(10)
    for (const text of ['a', 'b']) await outbox.take(events(text), NEVER)
    await outbox.end()
    await outbox.emptied()
    expect([texts(), lost, kept()]).toEqual([['a'], [], []])
    await expect(outbox.take(events('c'), NEVER)).rejects.toThrow('gone')
  })
})
