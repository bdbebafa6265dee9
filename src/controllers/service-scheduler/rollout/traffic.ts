/**
 * Traffic of a service deployment under BLUE_GREEN, LINEAR and CANARY: how much of it the target is to have, asked of the shifter until
 * it is so, and then written down.
 */
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { countsOf, othersOf } from './facts.ts'
import type { Transition } from './transition.ts'
import type { RolloutState, TrafficShift } from './types.ts'

/** Strategies under which old and new run side by side, and traffic goes from one to the other. */
export const shiftsTraffic = ({ deploymentConfiguration }: ServiceDeploymentRecord): boolean =>
  deploymentConfiguration.strategy !== 'ROLLING'

/** The transition that records the shift, true if it was recorded before, false while it is not so yet. */
export const shift = (
  state: RolloutState,
  source: DeploymentRecord | undefined,
  kind: TrafficShift['kind'],
  percent: number,
): Transition | boolean => {
  const { serviceDeployment, traffic, now } = state
  if (serviceDeployment === undefined) return true
  const member = kind === 'production' ? 'productionTrafficPercent' : 'testTrafficPercent'
  if (serviceDeployment[member] === percent) return true
  const isShifted = traffic.isShifted({
    serviceArn: serviceDeployment.serviceArn,
    sourceRevisionArn: source?.serviceRevisionArn,
    targetRevisionArn: serviceDeployment.targetServiceRevision.serviceRevisionArn,
    kind,
    percent,
  })
  if (!isShifted) return false
  const bakingSince = kind === 'production' && percent > 0 ? { bakingSince: now } : {}
  return { serviceDeployment: { ...serviceDeployment, [member]: percent, ...bakingSince, updatedAt: now } }
}

/** All traffic to the source: both kinds at once, unless it has nothing that could take them and another deployment has. */
export const shiftBack = (state: RolloutState, source: DeploymentRecord): Transition | boolean => {
  if (!canTakeTraffic(state, source)) return false
  const outcomes = (['production', 'test'] as const).map((kind) => shift(state, source, kind, 0))
  return outcomes.find((outcome) => typeof outcome !== 'boolean') ?? outcomes.every((outcome) => outcome === true)
}

export const canTakeTraffic = (state: RolloutState, source: DeploymentRecord): boolean =>
  countsOf(state, source).healthy > 0 || state.deployments.every((other) => countsOf(state, other).healthy === 0)

/** Whether all traffic was seen back at the source. */
export const isTrafficBack = ({ serviceDeployment }: RolloutState): boolean =>
  serviceDeployment?.productionTrafficPercent === 0 && serviceDeployment.testTrafficPercent === 0

/** Whose traffic the target takes: what completed last. What never completed is nothing to go back to, and no blue. */
export const blueOf = (state: RolloutState): DeploymentRecord | undefined => {
  const blue = state.lastCompletedRevision?.serviceRevisionArn
  return othersOf(state).find(({ serviceRevisionArn }) => serviceRevisionArn === blue)
}
