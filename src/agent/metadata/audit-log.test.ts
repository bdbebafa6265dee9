import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { loadAgentConfig } from '../config.ts'
import { type AuditEntry, AuditLog, auditWriter } from './audit-log.ts'

const ENTRY: AuditEntry = {
  status: 200,
  sourceAddress: '172.17.0.2',
  path: '/v2/credentials',
  userAgent: 'aws-sdk-go/1.44 "quoted"',
  taskArn: 'arn:aws:ecs:us-east-1:000000000000:task/default/0123',
  eventType: 'GetCredentials',
}
const INSTANCE = 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1'

describe('a line', () => {
  const lineOf = (entry: AuditEntry, containerInstanceArn?: string): string => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const clock = new ManualClock()
    new AuditLog({ clock, cluster: 'default', containerInstanceArn: () => containerInstanceArn, write }).record(entry)
    return lines.join('')
  }

  it("has the fields of the ECS agent's", () => {
    expect(lineOf(ENTRY, INSTANCE)).toBe(
      '2026-01-01T00:00:00Z 200 172.17.0.2 "/v2/credentials" "aws-sdk-go/1.44 \\"quoted\\"" ' +
        `arn:aws:ecs:us-east-1:000000000000:task/default/0123 GetCredentials 1 default ${INSTANCE}\n`,
    )
  })

  it('has a hyphen for what is empty', () => {
    expect(lineOf({ ...ENTRY, userAgent: '', taskArn: '' })).toBe(
      '2026-01-01T00:00:00Z 200 172.17.0.2 "/v2/credentials" - - GetCredentials 1 default -\n',
    )
  })
})

describe('the file', () => {
  const inDirectory = (work: (directory: string) => void): void => {
    const directory = mkdtempSync(join(tmpdir(), 'audit-'))
    try {
      work(directory)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
  const writerWith = (environment: Record<string, string>) =>
    auditWriter(loadAgentConfig(environment).config, new ManualClock())

  it('stands in the data directory, beside the log file, or where it is told to', () =>
    inDirectory((directory) => {
      const log = { ECS_LOGFILE: join(directory, 'log/agent.log') }
      for (const given of [{}, log, { ...log, ECS_AUDIT_LOGFILE: join(directory, 'mine') }]) {
        const writer = writerWith({ ECS_DATADIR: join(directory, 'data'), ...given })
        writer.write('line\n')
        writer.close()
      }
      for (const name of ['data/audit.log', 'log/audit.log', 'mine'])
        expect(readFileSync(join(directory, name), 'utf8')).toBe('line\n')
    }))

  it('is for its owner alone, and rolls over', () =>
    inDirectory((directory) => {
      const writer = writerWith({ ECS_DATADIR: directory, ECS_LOG_MAX_FILE_SIZE_MB: '1', ECS_LOG_MAX_ROLL_COUNT: '2' })
      for (let count = 0; count < 5; count++) writer.write(`${'x'.repeat(1024 * 1024 - 1)}\n`)
      writer.close()
      expect(readdirSync(directory).toSorted()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2'])
      for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
    }))

  it('is not there if it is turned off, nor before there is a line', () =>
    inDirectory((directory) => {
      writerWith({ ECS_DATADIR: directory }).close()
      writerWith({ ECS_DATADIR: directory, ECS_AUDIT_LOGFILE_DISABLED: 'true' }).write('line\n')
      expect(readdirSync(directory)).toEqual([])
    }))
})
