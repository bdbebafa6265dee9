import { describe, expect, it } from 'vitest'
import type { TranscriptEvent } from '../../agentlink/session-api.ts'
import { ManualClock } from '../../kit/clock.ts'
import { type Log, silentLog } from '../../kit/log.ts'
import { Transcript } from './transcript.ts'

const aTranscript = (put: () => Promise<void> = async () => {}) => {
  const clock = new ManualClock()
  const batches: (readonly TranscriptEvent[])[] = []
  const [streams, warnings]: [string[], string[]] = [[], []]
  const log: Log = { ...silentLog, warn: (message) => void warnings.push(message) }
  const transcript = new Transcript({
    clock,
    log,
    caller: { region: 'us-east-1', credentials: () => ({ accessKeyId: 'a', secretAccessKey: 's' }) },
    destination: { logGroupName: 'group', logStreamName: 'stream' },
    api: {
      createLogStream: async (_caller, { logStreamName }) => void streams.push(logStreamName),
      putLogEvents: async (_caller, _destination, events) => {
        await put()
        batches.push(events)
      },
    },
  })
  return { transcript, clock, batches, streams, warnings, lines: () => batches.flat().map(({ message }) => message) }
}

describe('a transcript', () => {
  it('has whole lines, whatever pieces they come in, and the last one without its end', async () => {
    const { transcript, lines, streams } = aTranscript()
    for (const piece of ['on', 'e\r\n\r\ntw', 'o ü'.slice(0, 3), '\nthree']) transcript.add(Buffer.from(piece))
    await transcript.close()
    expect(lines()).toEqual(['one', 'two ü', 'three'])
    expect(streams).toEqual(['stream'])
  })

  it('goes out soon, in batches, with the times of the lines', async () => {
    const { transcript, clock, batches } = aTranscript()
    transcript.add(Buffer.from('one\n'))
    await clock.advance(500)
    transcript.add(Buffer.from('two\n'))
    expect(batches).toEqual([])
    await clock.advance(500)
    expect(batches).toEqual([
      [
        { timestamp: clock.now() - 1000, message: 'one' },
        { timestamp: clock.now() - 500, message: 'two' },
      ],
    ])
    for (let count = 0; count < 5000; count++) transcript.add(Buffer.from('x\n'))
    await transcript.close()
    expect(batches.slice(1).map(({ length }) => length)).toEqual([2000, 2000, 1000])
  })

  it('cuts a line that never ends', async () => {
    const { transcript, lines } = aTranscript()
    transcript.add(Buffer.alloc(70_000, 'x'))
    await transcript.close()
    expect(lines().map(({ length }) => length)).toEqual([32_768, 32_768, 4464])
  })

  it('leaves out what comes faster than it can be written, and says so', async () => {
    const gate = Promise.withResolvers<void>()
    const { transcript, lines } = aTranscript(() => gate.promise)
    for (let count = 0; count < 1000; count++) transcript.add(Buffer.from(`${'x'.repeat(20_000)}\n`))
    gate.resolve()
    await transcript.close()
    expect(lines().length).toBeLessThan(500)
    expect(lines().at(-1)).toContain('output left out')
  })

  it('is given up where it cannot be written, with one line in the log', async () => {
    const { transcript, clock, warnings } = aTranscript(() => Promise.reject(new Error('not allowed')))
    transcript.add(Buffer.from('one\n'))
    await clock.advance(1000)
    transcript.add(Buffer.from('two\n'))
    await transcript.close()
    expect(warnings).toEqual(['the transcript of a session cannot be written'])
  })
})
