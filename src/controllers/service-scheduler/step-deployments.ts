/** One step of a service's deployments, written down: what they are to have is told, the tasks come after. */
import type { Observation } from './observe.ts'
import { rolloutState } from './observe.ts'
import type { PassContext } from './pass-context.ts'
import { stepRollout } from './rollout/step.ts'
import type { GroupTarget } from './rollout/types.ts'

/** What is wanted of the tasks of a service. */
export interface ServiceStep {
  readonly groups: readonly GroupTarget[]
  readonly isSteady: boolean
  readonly againAt?: number | undefined
  readonly rolloutStage?: string | undefined
}

export const stepDeployments = (context: PassContext, observation: Observation): ServiceStep => {
  const { tx, events } = context
  const state = rolloutState(context, observation)
  const step = stepRollout(state)
  if (step.begun !== undefined) tx.deployments.insert(step.begun)
  for (const row of step.deployments) tx.deployments.put(row)
  for (const deploymentId of step.removedDeploymentIds) tx.deployments.remove(deploymentId)
  if (step.serviceDeployment !== undefined) tx.serviceDeployments.put(step.serviceDeployment)
  for (const { message, action } of step.events) events.add(message, action)
  const { lifecycleStage } = step.serviceDeployment ?? state.serviceDeployment ?? {}
  return { groups: step.groups, isSteady: step.isSteady, againAt: step.againAt, rolloutStage: lifecycleStage }
}
