/** How a simulated container's health goes: by its health check's interval and retries, and by the label `health`. */
import type { ContainerCreateBody } from '../runtime.ts'
import { orderText, type Labels } from './orders.ts'

/** The status after the n-th change, and when it comes; undefined when it stays as it is. */
export type HealthPlan = (
  change: number,
) => { readonly status: 'healthy' | 'unhealthy'; readonly afterMs: number } | undefined

/** Docker's defaults. */
const INTERVAL_MS = 30_000
const RETRIES = 3
const NANOSECONDS_PER_MILLISECOND = 1e6

interface Healthcheck {
  readonly Test?: readonly string[]
  readonly Interval?: number
  readonly Retries?: number
}

/** Undefined for a container without health check. */
export const healthPlan = (body: ContainerCreateBody, labels: Labels): HealthPlan | undefined => {
  const check = body.Healthcheck as Healthcheck | undefined
  if (check?.Test === undefined || check.Test[0] === 'NONE') return undefined
  const intervalMs = check.Interval ? check.Interval / NANOSECONDS_PER_MILLISECOND : INTERVAL_MS
  const failingMs = intervalMs * (check.Retries || RETRIES)
  switch (orderText(labels, 'health')) {
    case 'unhealthy':
      return (change) => (change === 0 ? { status: 'unhealthy', afterMs: failingMs } : undefined)
    case 'flapping':
      return (change) =>
        change % 2 === 0 ? { status: 'healthy', afterMs: intervalMs } : { status: 'unhealthy', afterMs: failingMs }
    default:
      return (change) => (change === 0 ? { status: 'healthy', afterMs: intervalMs } : undefined)
  }
}
