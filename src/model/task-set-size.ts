/** How many tasks a task set is to have. Source: TaskSet in the API reference. */
import type { ServiceRecord, TaskSetRecord } from './service-records.ts'

/** What floating-point percentages may be off by: 0.07 percent of 10,000 are 7 tasks, not a little more. */
const TOLERANCE = 1e-9

/** Rounded up: "if the computed desired count is 1.2, it rounds up to 2 tasks". One that drains is to have none. */
export const computedDesiredCount = (
  { desiredCount }: Pick<ServiceRecord, 'desiredCount'>,
  { status, scalePercent }: Pick<TaskSetRecord, 'status' | 'scalePercent'>,
): number => (status === 'DRAINING' ? 0 : Math.max(0, Math.ceil((desiredCount * scalePercent) / 100 - TOLERANCE)))
