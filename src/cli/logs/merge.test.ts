import { describe, expect, it } from 'vitest'
import { mergedLines } from './merge.ts'
import type { LogSource } from './sources.ts'
import type { LogLine, StreamReader } from './stream-reader.ts'

const aSource = (containerName: string): LogSource => ({
  taskId: 'task',
  containerName,
  logGroupName: 'group',
  logStreamName: containerName,
  region: 'us-east-1',
})

/** A stream in pages of times. */
const aReader = (name: string, ...pages: readonly (readonly number[])[]): StreamReader => {
  const source = aSource(name)
  const left = pages.map((times) => times.map((timestamp): LogLine => ({ source, timestamp, message: name })))
  return { source, next: async () => left.shift() ?? [] }
}

const merged = async (...readers: StreamReader[]): Promise<string[]> => {
  const lines: string[] = []
  for await (const { message, timestamp } of mergedLines(readers)) lines.push(`${message}${timestamp}`)
  return lines
}

describe('lines of several streams', () => {
  it('are ordered by time over all pages', async () => {
    expect(await merged(aReader('a', [1, 4], [7]), aReader('b', [2, 3], [5, 9]))).toEqual([
      'a1',
      'b2',
      'b3',
      'a4',
      'b5',
      'a7',
      'b9',
    ])
  })

  it('keep the order of their stream where its times go back', async () => {
    expect(await merged(aReader('a', [5, 1, 6]), aReader('b', [3]))).toEqual(['b3', 'a5', 'a1', 'a6'])
  })

  it('are none where there are none', async () => {
    expect(await merged()).toEqual([])
    expect(await merged(aReader('a'))).toEqual([])
  })
})
