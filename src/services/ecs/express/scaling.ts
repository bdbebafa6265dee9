/**
 * How many tasks an Express service has. Nothing scales services yet: as many as there are to be at least are there, and more are refused
 * rather than promised.
 */
import type { ExpressGatewayScalingTarget } from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import type { ExpressScalingTarget } from '../../../model/express-gateway.ts'
import { TASKS_PER_SERVICE } from '../../../model/limits.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { invalidParameter, unsupportedFeature } from '../faults.ts'

const DEFAULTS = { minTaskCount: 1, autoScalingMetric: 'AVERAGE_CPU', autoScalingTargetValue: 60 } as const
const PERCENT = 100

/** The request's, over `before` if there is one. */
export const checkedScaling = (
  given: ExpressGatewayScalingTarget = {},
  before: Partial<ExpressScalingTarget> = {},
): ExpressScalingTarget => {
  const wanted = { ...DEFAULTS, ...before, ...compact(given) }
  const { minTaskCount, autoScalingMetric: metric, autoScalingTargetValue } = wanted
  const maxTaskCount = given.maxTaskCount ?? minTaskCount
  checkCounts(minTaskCount, maxTaskCount)
  const autoScalingMetric = oneOf(
    'scalingTarget.autoScalingMetric',
    metric,
    ecsEnums.ExpressGatewayServiceScalingMetric,
  )
  checkTarget(autoScalingMetric, autoScalingTargetValue)
  return { minTaskCount, maxTaskCount, autoScalingMetric, autoScalingTargetValue }
}

const checkCounts = (minTaskCount: number, maxTaskCount: number): void => {
  if (!Number.isInteger(minTaskCount) || minTaskCount < 0 || minTaskCount > TASKS_PER_SERVICE)
    throw invalidParameter(`minTaskCount must be between 0 and ${TASKS_PER_SERVICE}.`)
  if (maxTaskCount < minTaskCount) throw invalidParameter('maxTaskCount must be at least minTaskCount.')
  if (maxTaskCount !== minTaskCount)
    throw unsupportedFeature(
      'Auto scaling is not supported: set maxTaskCount to the value of minTaskCount, which is how many tasks there are.',
    )
}

const checkTarget = (metric: ExpressScalingTarget['autoScalingMetric'], value: number): void => {
  const max = metric === 'REQUEST_COUNT_PER_TARGET' ? 65_536 : PERCENT
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw invalidParameter(`autoScalingTargetValue must be between 1 and ${max} for the metric ${metric}.`)
}
