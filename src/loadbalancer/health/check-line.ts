/**
 * What HAProxy logs of a health check whose result is news (`option log-health-checks`), and how its reasons are called by AWS.
 *
 * AWS: reasons and descriptions of TargetHealth in the Elastic Load Balancing API reference.
 */
import type { TargetHealthReport } from '../../model/load-balancing/messages.ts'

export interface CheckResult {
  readonly backend: string
  readonly server: string
  readonly isPassed: boolean
  /** Whether the server gets requests after it. */
  readonly isUp: boolean
  /** HAProxy's words, e.g. `Layer7 wrong status`. */
  readonly reason: string
  /** The status of an HTTP answer. */
  readonly code?: number
}

export type HealthReason = Required<Pick<TargetHealthReport, 'reason' | 'description'>>

const LINE =
  /^Health check for (?:backup )?server ([^/ ]+)\/(\S+) (succeeded|failed|conditionally succeeded), reason: (.+?)(?:, code: (\d+))?(?:, info: ".*")?(?:, check duration: \d+ms)?, status: \d+\/\d+ (\w+)/

/** Undefined for any other line. */
export const parseCheckLine = (line: string): CheckResult | undefined => {
  const [, backend, server, verdict, reason, code, status] = LINE.exec(line) ?? []
  if (backend === undefined || server === undefined || reason === undefined) return undefined
  return {
    backend,
    server,
    isPassed: verdict !== 'failed',
    isUp: status !== 'DOWN',
    reason,
    ...(code !== undefined && { code: Number(code) }),
  }
}

const FAILED: HealthReason = { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }

/** Of a check's result by HAProxy's words or, as in statistics, by its code. */
export const failureReason = (result: string, code: number | undefined): HealthReason => {
  if (/timeout|TOUT$/.test(result)) return { reason: 'Target.Timeout', description: 'Request timed out' }
  if (/wrong status|^L7STS$/.test(result) && code !== undefined)
    return { reason: 'Target.ResponseCodeMismatch', description: `Health checks failed with these codes: [${code}]` }
  return FAILED
}
