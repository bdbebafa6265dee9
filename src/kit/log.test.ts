import { describe, expect, it } from 'vitest'
import { ManualClock } from './clock.ts'
import { LineLog, type LogOptions } from './log.ts'

const linesOf = (format: LogOptions['format'], level: LogOptions['level'] = 'info') => {
  const lines: string[] = []
  const clock = new ManualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6))
  return { lines, log: new LineLog({ clock, level, format, write: (line) => lines.push(line) }) }
}

describe('a log', () => {
  it('writes JSON lines for machines', () => {
    const { lines, log } = linesOf('json')
    log.with({ role: 'server' }).info('listening', { port: 1, code: undefined })
    expect(lines).toEqual([
      '{"time":"2026-01-02T03:04:05.006Z","level":"info","message":"listening","role":"server","port":1}\n',
    ])
  })

  it('writes readable lines for people', () => {
    const { lines, log } = linesOf('text')
    log.warn('listening', { endpoint: 'http://x', ports: [1, 2], code: undefined })
    expect(lines).toEqual(['03:04:05.006 WARN  listening endpoint=http://x ports=[1,2]\n'])
  })

  it('keeps to one line, whatever clients have named', () => {
    const { lines, log } = linesOf('text')
    log.info('request', { operation: 'Run\n03:04:05.006 INFO  forged\u001b[2J', items: ['\u009b'] })
    expect(lines).toEqual([
      '03:04:05.006 INFO  request operation=Run\\u000a03:04:05.006 INFO  forged\\u001b[2J items=["\\u009b"]\n',
    ])
  })

  it('leaves out what is less severe than asked for', () => {
    const { lines, log } = linesOf('json', 'warn')
    log.debug('a')
    log.info('b')
    log.error('c')
    expect(lines).toHaveLength(1)
  })

  it('shows an error with its stack', () => {
    const { lines, log } = linesOf('json')
    log.error('failed', { error: new Error('no luck') })
    expect(lines[0]).toMatch(/"error":"Error: no luck\\n {4}at /)
  })
})
