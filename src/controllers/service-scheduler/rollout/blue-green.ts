/**
 * BLUE_GREEN, and LINEAR and CANARY, which differ in how production traffic is shifted: a green deployment is scaled up beside the blue
 * one, tested, given the traffic, watched, and only then is blue taken away. The stages are ECS's, each with the work that has to be
 * done before it is left. Source: "Amazon ECS blue/green service deployments workflow" in the developer guide.
 */
import type { ServiceDeploymentLifecycleStage } from '@aws-sdk/client-ecs'
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { complete, removeEmptied } from './completion.ts'
import { isAlone, isEmpty, isWhole, othersOf, primaryOf } from './facts.ts'
import { passHooks } from './hooks.ts'
import { bakeTimeMs, seenThrough } from './monitors.ts'
import { emptiedGroup, fullGroup, keptGroup } from './groups.ts'
import { shiftProduction } from './traffic-steps.ts'
import { blueOf, canTakeTraffic, isTrafficBack, shift, shiftBack } from './traffic.ts'
import { firstOf, type Rule, type Transition } from './transition.ts'
import type { GroupTarget, RolloutState } from './types.ts'

type Stage = ServiceDeploymentLifecycleStage

/** In their order. RECONCILE_SERVICE is passed only with more than one revision beside the target. */
const STAGES: readonly Stage[] = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
]

/** A service deployment under way, and who is who in it. */
interface Passage {
  readonly state: RolloutState
  readonly serviceDeployment: ServiceDeploymentRecord
  readonly green: DeploymentRecord
  readonly blue: DeploymentRecord | undefined
}

/** True once the stage's work is done, false while it waits, a transition where there is a step to take. */
type Work = (passage: Passage) => Transition | boolean

const atOnce: Work = () => true

const WORK: Readonly<Record<Stage, Work>> = {
  RECONCILE_SERVICE: (passage) => reconcile(passage),
  PRE_SCALE_UP: atOnce,
  SCALE_UP: ({ state, green }) => isWhole(state, green),
  POST_SCALE_UP: atOnce,
  TEST_TRAFFIC_SHIFT: ({ state, blue }) => shift(state, blue, 'test', 100),
  POST_TEST_TRAFFIC_SHIFT: atOnce,
  PRODUCTION_TRAFFIC_SHIFT: ({ state, serviceDeployment, green, blue }) =>
    shiftProduction(state, serviceDeployment, green, blue),
  POST_PRODUCTION_TRAFFIC_SHIFT: atOnce,
  BAKE_TIME: ({ state, serviceDeployment, green, blue }) =>
    isWhole(state, green) && (blue === undefined || state.now >= bakesUntil(serviceDeployment)),
  CLEAN_UP: ({ state, green }) => isWhole(state, green) && isAlone(state),
}

/**
 * What a deployment that was cut short left behind: traffic goes to blue, then the rest goes. Where blue has nothing that could take the
 * traffic, the rest stays until green has it.
 */
const reconcile: Work = ({ state, blue }) => {
  if (blue === undefined || !canTakeTraffic(state, blue)) return true
  const back = shiftBack(state, blue)
  return back === true ? leftoversOf(state).every((other) => isEmpty(state, other)) : back
}

/** When the target has had all traffic for long enough. */
export const bakesUntil = (serviceDeployment: ServiceDeploymentRecord): number =>
  (serviceDeployment.bakingSince ?? 0) + bakeTimeMs(serviceDeployment)

const leftoversOf = (state: RolloutState): readonly DeploymentRecord[] => {
  const blue = blueOf(state)
  return othersOf(state).filter((other) => other !== blue)
}

const passStages: Rule = (state) => {
  const { serviceDeployment } = state
  const green = primaryOf(state)
  if (serviceDeployment?.status !== 'IN_PROGRESS' || green === undefined) return undefined
  const passage: Passage = { state, serviceDeployment, green, blue: blueOf(state) }
  const stage = serviceDeployment.lifecycleStage
  if (stage === undefined) return enter(passage, othersOf(state).length > 1 ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP')
  const outcome = leave(passage, stage)
  return typeof outcome === 'boolean' ? undefined : outcome
}

const leave = (passage: Passage, stage: Stage): Transition | boolean => {
  const hooks = passHooks(passage.state, stage)
  if (typeof hooks !== 'boolean') return hooks
  const work = WORK[stage](passage)
  if (work !== true) return work
  if (!hooks) return false
  const next = STAGES[STAGES.indexOf(stage) + 1]
  return next === undefined ? complete(passage.state, passage.green, 'SUCCESSFUL') : enter(passage, next)
}

const enter = ({ state: { now }, serviceDeployment }: Passage, lifecycleStage: Stage): Transition => ({
  serviceDeployment: {
    ...serviceDeployment,
    ...(lifecycleStage === 'BAKE_TIME' ? { bakingSince: now } : {}),
    // What happens once blue is on its way out is no more the deployment's doing.
    ...(lifecycleStage === 'CLEAN_UP' ? seenThrough(serviceDeployment) : {}),
    lifecycleStage,
    lifecycleStageAt: now,
    updatedAt: now,
  },
})

/** Blue stays on record until it is taken away, even if all of its tasks happen to be gone. */
const removeLeftovers: Rule = (state) =>
  removeEmptied(state, state.serviceDeployment?.lifecycleStage === 'CLEAN_UP' ? undefined : blueOf(state))

export const blueGreenRules: Rule = firstOf(passStages, removeLeftovers)

/** Each deployment is a group of its own: green and blue may have all of the service's tasks at once. */
export const blueGreenGroups = (state: RolloutState): readonly GroupTarget[] => {
  const blue = blueOf(state)
  return state.deployments.map((deployment) => {
    if (deployment.status === 'PRIMARY') return greenGroup(state, deployment)
    if (hasReached(state, 'CLEAN_UP')) return emptiedGroup(deployment)
    if (deployment === blue) return fullGroup(state, deployment)
    return isTrafficBack(state) ? emptiedGroup(deployment) : keptGroup(state, deployment)
  })
}

const greenGroup = (state: RolloutState, green: DeploymentRecord): GroupTarget =>
  hasReached(state, 'SCALE_UP') ? fullGroup(state, green) : emptiedGroup(green)

const hasReached = ({ serviceDeployment }: RolloutState, stage: Stage): boolean => {
  const current = serviceDeployment?.lifecycleStage
  return current !== undefined && STAGES.indexOf(current) >= STAGES.indexOf(stage)
}
