import { type CloudWatchLogsClient, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { openReader, type ReaderOptions, type StreamReader } from './stream-reader.ts'

const SOURCE = {
  taskId: 'task',
  containerName: 'web',
  logGroupName: 'group',
  logStreamName: 'stream',
  region: 'us-east-1',
}

/** Answers in order; an error is thrown. */
const aReader = (answers: readonly unknown[], options: Partial<ReaderOptions> = {}) => {
  const inputs: Record<string, unknown>[] = []
  const left = [...answers]
  const send = async ({ input }: { readonly input: Record<string, unknown> }) => {
    inputs.push(input)
    const answer = left.shift() ?? { events: [] }
    if (answer instanceof Error) throw answer
    return answer
  }
  const logs = { send } as unknown as CloudWatchLogsClient
  return { reader: openReader({ logs, source: SOURCE, now: () => NOW, ...options }), inputs }
}

const read = async (reader: StreamReader): Promise<string[]> => (await reader.next()).map(({ message }) => message)

const event = (eventId: string, timestamp: number) => ({ eventId, timestamp, message: `${eventId}\n` })

const NOW = 1_000_000

const GONE = new ResourceNotFoundException({ message: 'no stream', $metadata: {} })

describe('a stream', () => {
  it('is read forwards from token to token, and waited for while it is not there', async () => {
    const { reader, inputs } = aReader([
      GONE,
      { events: [event('a', 1)], nextForwardToken: 't1' },
      { events: [event('b', 2)], nextForwardToken: 't2' },
    ])
    expect(await read(reader)).toEqual([])
    expect([await read(reader), await read(reader), await read(reader)]).toEqual([['a'], ['b'], []])
    expect(inputs.map(({ nextToken }) => nextToken)).toEqual([undefined, undefined, 't1', 't2'])
    expect(inputs[0]).toMatchObject({ startFromHead: true })
  })

  it('is read from its last lines where they are wanted, none of them included', async () => {
    const last = { events: [event('y', 8), event('z', 9)], nextForwardToken: 't' }
    const two = aReader([last, { events: [event('new', 10)] }], { tail: 2 })
    expect([await read(two.reader), await read(two.reader)]).toEqual([['y', 'z'], ['new']])
    expect(two.inputs[0]).toMatchObject({ startFromHead: false, limit: 2 })
    expect(two.inputs[1]).toMatchObject({ startFromHead: true, nextToken: 't' })
    const none = aReader([last, { events: [event('new', 10)] }], { tail: 0 })
    expect([await read(none.reader), await read(none.reader)]).toEqual([[], ['new']])
  })
})

describe('a stream through a pattern', () => {
  it('gives each match once, though each search begins a while before the end of the last one', async () => {
    const { reader, inputs } = aReader(
      [
        { events: [event('a', NOW - 5)], nextToken: 'page' },
        { events: [event('b', NOW - 4)] },
        { events: [event('a', NOW - 5), event('late', NOW - 5), event('b', NOW - 4), event('c', NOW)] },
      ],
      { pattern: 'x', since: 1 },
    )
    expect([await read(reader), await read(reader), await read(reader)]).toEqual([['a'], ['b'], ['late', 'c']])
    expect(await read(reader)).toEqual([])
    expect(inputs.map(({ startTime }) => startTime)).toEqual([1, 1, NOW - 300_000, NOW - 300_000])
  })

  it('goes over pages without matches', async () => {
    const { reader } = aReader([{ nextToken: 'p' }, { nextToken: 'q' }, { events: [event('a', 1)] }], { pattern: 'x' })
    expect(await read(reader)).toEqual(['a'])
  })

  it('gives the last matches where they are wanted', async () => {
    const pages = [
      { events: [event('a', 1), event('b', 2)], nextToken: 'p' },
      { events: [event('c', 3), event('d', 4)] },
    ]
    expect(await read(aReader(pages, { pattern: 'x', tail: 3 }).reader)).toEqual(['b', 'c', 'd'])
  })
})
