/** The health of a container instance's runtime, from an agent's report. Pure. Source: InstanceHealthCheckResult in the ECS API reference. */
import type { InstanceStatus } from '../../agentlink/tcs-messages.ts'
import type { ContainerInstanceRecord } from '../../model/records.ts'

type InstanceHealth = NonNullable<ContainerInstanceRecord['healthStatus']>

/** Agents report every minute or so. `lastUpdated` is written this often while nothing changes: it need not be exact. */
export const REFRESH_MS = 10 * 60_000

const STATES: ReadonlySet<string> = new Set<InstanceStatus['status']>([
  'OK',
  'IMPAIRED',
  'INSUFFICIENT_DATA',
  'INITIALIZING',
])

/** `before` itself if the report brings nothing new. The API knows one check of an ordinary instance: that of its container runtime. */
export const instanceHealth = (
  before: InstanceHealth | undefined,
  statuses: readonly InstanceStatus[],
  now: number,
): InstanceHealth | undefined => {
  const report = statuses.find(({ type, status }) => type === 'ContainerRuntime' && STATES.has(status))
  if (report === undefined) return before
  const isChange = before?.status !== report.status
  const lastUpdated = milliseconds(report.lastUpdated) ?? now
  if (!isChange && lastUpdated - before.lastUpdated < REFRESH_MS) return before
  return {
    type: 'CONTAINER_RUNTIME',
    status: report.status,
    lastUpdated,
    lastStatusChange: isChange ? (milliseconds(report.lastStatusChange) ?? now) : before.lastStatusChange,
  }
}

const milliseconds = (epochSeconds: number | undefined): number | undefined =>
  typeof epochSeconds === 'number' ? Math.round(epochSeconds * 1000) : undefined
