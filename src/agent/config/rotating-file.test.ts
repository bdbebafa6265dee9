import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { loadAgentConfig } from '../config.ts'
import { agentLog } from './agent-log.ts'
import { RotatingFile } from './rotating-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'rotating-'))
afterAll(() => rmSync(directory, { recursive: true }))

const HOUR = 3_600_000

describe('a log file', () => {
  it('is set aside when it is full, and only so many are kept', () => {
    const path = join(directory, 'size/agent.log')
    const file = new RotatingFile({ path, rollover: 'size', maxBytes: 10, keep: 2, clock: new ManualClock() })
    for (const line of ['first\n', 'second\n', 'third\n', 'fourth\n']) file.write(line)
    file.close()
    expect(readdirSync(join(directory, 'size')).toSorted()).toEqual(['agent.log', 'agent.log.1', 'agent.log.2'])
    expect(readFileSync(path, 'utf8')).toBe('fourth\n')
    expect(readFileSync(`${path}.2`, 'utf8')).toBe('second\n')
  })

  it('counts what was in it before', () => {
    const path = join(directory, 'again/agent.log')
    const open = () => new RotatingFile({ path, rollover: 'size', maxBytes: 10, keep: 2, clock: new ManualClock() })
    for (const line of ['12345678\n', 'next\n']) {
      const file = open()
      file.write(line)
      file.close()
    }
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('12345678\n')
  })

  it('is set aside by the hour under the hour’s name', async () => {
    const path = join(directory, 'hourly/agent.log')
    const clock = new ManualClock(Date.UTC(2026, 0, 31, 15))
    const file = new RotatingFile({ path, rollover: 'hourly', maxBytes: 1, keep: 1, clock })
    for (const line of ['a\n', 'b\n', 'c\n']) {
      file.write(line)
      await clock.advance(HOUR)
    }
    file.write('d\n')
    file.close()
    expect(readdirSync(join(directory, 'hourly')).toSorted()).toEqual(['agent.log', 'agent.log.2026-01-31-17'])
  })
})

describe('the agent’s log', () => {
  it('goes to the terminal and the file, each at its level', () => {
    const path = join(directory, 'both.log')
    const { config } = loadAgentConfig({
      ECS_LOGFILE: path,
      ECS_LOGLEVEL: 'warn',
      ECS_LOGLEVEL_ON_INSTANCE: 'debug',
      ECS_LOG_OUTPUT_FORMAT: 'json',
    })
    const lines: string[] = []
    const log = agentLog(config, new ManualClock(), (line) => lines.push(line)).with({ taskArn: 'a' })
    log.debug('quiet')
    log.error('loud')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ message: 'loud', taskArn: 'a' }])
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2)
  })
})
