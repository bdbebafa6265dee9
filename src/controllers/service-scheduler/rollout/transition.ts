/**
 * One arrow of a state machine of deployments: what changes with it, and what is the case after it. A step takes arrows until none is
 * left to take, so that whatever can be decided at one moment is decided in it, and a second step at the same moment does nothing.
 */
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import type { RolloutEvent, RolloutState } from './types.ts'

export interface Transition {
  /** Changed rows, and new ones, whole. */
  readonly deployments?: readonly DeploymentRecord[]
  readonly removedDeploymentIds?: readonly string[]
  readonly serviceDeployment?: ServiceDeploymentRecord
  readonly events?: readonly RolloutEvent[]
}

/** The first arrow that can be taken, if one can. */
export type Rule = (state: RolloutState) => Transition | undefined

export const firstOf =
  (...rules: readonly Rule[]): Rule =>
  (state) => {
    for (const rule of rules) {
      const transition = rule(state)
      if (transition !== undefined) return transition
    }
    return undefined
  }

/** The state with the changes in it. */
export const after = (state: RolloutState, transition: Transition): RolloutState => {
  const { deployments = [], removedDeploymentIds = [], serviceDeployment = state.serviceDeployment } = transition
  const rows = new Map(state.deployments.map((row) => [row.deploymentId, row]))
  for (const row of deployments) rows.set(row.deploymentId, row)
  for (const id of removedDeploymentIds) rows.delete(id)
  return { ...state, deployments: [...rows.values()], serviceDeployment }
}
