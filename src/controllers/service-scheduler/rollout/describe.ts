/** What a deployment is at, and what it waits for, in words for operators. Times are UTC. */
import { isoText } from '../../../kit/timestamps.ts'
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { countsOf, keptTasks, othersOf, primaryOf } from './facts.ts'
import { awaitedHooks } from './hooks.ts'
import { bakingUntil } from './timing.ts'
import { after } from './transition.ts'
import type { RolloutState, RolloutStep } from './types.ts'

/** A line each; none for a service that has no deployments. */
export const describeRollout = (step: RolloutStep, before: RolloutState): readonly string[] => {
  const state = after(before, { ...step, deployments: [...step.deployments, ...(step.begun ? [step.begun] : [])] })
  const primary = primaryOf(state)
  if (primary === undefined) return []
  return [headline(state, primary), ...tasks(state, primary), ...waiting(state), ...failures(state)]
}

const headline = ({ serviceDeployment }: RolloutState, primary: DeploymentRecord): string => {
  const stage = serviceDeployment?.status === 'IN_PROGRESS' ? serviceDeployment.lifecycleStage : undefined
  return `${primary.rolloutStateReason}${stage === undefined ? '' : ` It is at the stage ${stage}.`}`
}

const tasks = (state: RolloutState, primary: DeploymentRecord): readonly string[] => {
  const { desiredCount } = state.service
  const { healthy } = countsOf(state, primary)
  const old = othersOf(state).reduce((sum, other) => sum + keptTasks(state, other) + countsOf(state, other).stopping, 0)
  return [
    `${healthy} of ${desiredCount} wanted tasks run and are healthy.`,
    ...(old === 0 ? [] : [`${old} tasks of older deployments are left.`]),
  ]
}

const waiting = ({ serviceDeployment, now }: RolloutState): readonly string[] => {
  if (serviceDeployment?.status !== 'IN_PROGRESS') return []
  const until = bakingUntil(serviceDeployment) ?? now
  return [
    ...awaitedHooks(serviceDeployment).map(
      ({ hookId, stage, timeoutAction, expiresAt }) =>
        `Paused at ${stage} until ContinueServiceDeployment is called for the hook ${hookId}; ` +
        `at ${isoText(expiresAt)} it is taken for ${timeoutAction}.`,
    ),
    ...traffic(serviceDeployment),
    ...(until > now ? [`It is watched until ${isoText(until)} before it goes on.`] : []),
  ]
}

const traffic = ({ productionTrafficPercent, lifecycleStage }: ServiceDeploymentRecord): readonly string[] =>
  lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT'
    ? [`It has ${productionTrafficPercent ?? 0} percent of the production traffic.`]
    : []

const failures = ({ serviceDeployment }: RolloutState): readonly string[] => {
  if (serviceDeployment === undefined) return []
  const { circuitBreaker, status, statusReason } = serviceDeployment
  const { failureCount, threshold } = circuitBreaker
  return [
    ...(status === 'IN_PROGRESS' && circuitBreaker.status === 'MONITORING' && failureCount > 0
      ? [`${failureCount} tasks failed to start; at ${threshold} the circuit breaker trips.`]
      : []),
    ...(statusReason === undefined ? [] : [`Service deployment ${status}: ${statusReason}`]),
  ]
}
