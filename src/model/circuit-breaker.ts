/**
 * How many failed tasks make a deployment fail. Source: DeploymentCircuitBreaker and ThresholdConfiguration in the API reference, and
 * "How the Amazon ECS deployment circuit breaker detects failures" in the developer guide.
 */
import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs'

const DEFAULT_PERCENT = 50
const BOUNDS = { min: 3, max: 200 }

/** Failures at which the breaker trips: half of the tasks asked for, rounded up, between 3 and 200, unless configured otherwise. */
export const failureThreshold = (breaker: DeploymentCircuitBreaker | undefined, desiredCount: number): number => {
  const { type = 'BOUNDED_PERCENT', value = DEFAULT_PERCENT } = breaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil((desiredCount * value) / 100)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(BOUNDS.max, Math.max(BOUNDS.min, share))
}
