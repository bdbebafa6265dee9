/**
 * Who asked for credentials and what he was answered: one line per request, as the ECS agent writes them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#task_role_audit_log
 */
import { dirname, join } from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import { isoText } from '../../kit/timestamps.ts'
import type { AgentConfig } from '../config.ts'
import { RotatingFile } from '../config/rotating-file.ts'

export interface AuditEntry {
  readonly status: number
  readonly sourceAddress: string
  readonly path: string
  readonly userAgent: string
  readonly taskArn: string
  readonly eventType: 'GetCredentials' | 'GetCredentialsExecutionRole' | 'GetCredentialsInvalidRoleType'
}

export interface AuditLogOptions {
  readonly clock: Clock
  readonly cluster: string
  readonly containerInstanceArn: () => string | undefined
  /** Throws if the line cannot be kept. */
  readonly write: (line: string) => void
}

/** Of the lines' form. */
const VERSION = '1'

export class AuditLog {
  readonly #options: AuditLogOptions

  constructor(options: AuditLogOptions) {
    this.#options = options
  }

  /** Throws if it cannot be written: then nothing may be handed out. */
  record({ status, sourceAddress, path, userAgent, taskArn, eventType }: AuditEntry): void {
    const { clock, cluster, containerInstanceArn, write } = this.#options
    const fields = [
      isoText(clock.now()),
      String(status),
      sourceAddress,
      JSON.stringify(path),
      JSON.stringify(userAgent),
      taskArn,
      eventType,
      VERSION,
      cluster,
      containerInstanceArn() ?? '',
    ]
    write(`${fields.map((field) => (field === '' || field === '""' ? '-' : field)).join(' ')}\n`)
  }
}

type AuditConfig = Pick<
  AgentConfig,
  | 'auditLogFile'
  | 'auditLogFileDisabled'
  | 'dataDirectory'
  | 'logFile'
  | 'logRolloverType'
  | 'logMaxFileSizeMB'
  | 'logMaxRollCount'
>

/** Beside the log, or in the data directory where there is no log file. */
const fileOf = ({ auditLogFile, logFile, dataDirectory }: AuditConfig): string =>
  auditLogFile ?? join(logFile === undefined ? dataDirectory : dirname(logFile), 'audit.log')

/** Writes to the configured file, which is opened at the first line and only its owner may read; to nowhere if the log is turned off. */
export const auditWriter = (config: AuditConfig, clock: Clock): { write(line: string): void; close(): void } => {
  if (config.auditLogFileDisabled) return { write: () => {}, close: () => {} }
  let file: RotatingFile | undefined
  return {
    write: (line) => {
      file ??= new RotatingFile({
        path: fileOf(config),
        rollover: config.logRolloverType,
        maxBytes: config.logMaxFileSizeMB * 1024 * 1024,
        keep: config.logMaxRollCount,
        mode: 0o600,
        clock,
      })
      file.write(line)
    },
    close: () => file?.close(),
  }
}
