/** One step of the state machine of a service's deployments: pure, and taken afresh at every look at the service. */
import { assert } from '../../../kit/assert.ts'
import { blueGreenGroups, blueGreenRules } from './blue-green.ts'
import { begin } from './completion.ts'
import { countsOf, primaryOf } from './facts.ts'
import { emptiedGroup, keepingGroup, replacingGroup } from './groups.ts'
import { timeOutHooks } from './hooks.ts'
import { countFailures } from './monitors.ts'
import { carryRollBack, failOrStop, rollBackGroups } from './roll-back.ts'
import { rollingRules } from './rolling.ts'
import { nextChangeAt } from './timing.ts'
import { shiftsTraffic } from './traffic.ts'
import { after, firstOf, type Rule } from './transition.ts'
import type { GroupTarget, RolloutEvent, RolloutState, RolloutStep } from './types.ts'

/** No deployment has so many arrows to take at one moment; more are a loop. */
const MAX_TRANSITIONS = 1000

export const stepRollout = (state: RolloutState): RolloutStep => {
  if (state.service.deploymentController !== 'ECS' || state.service.status === 'INACTIVE') return NOTHING
  // All tasks of a service that is being deleted go, and nothing is deployed any more.
  if (state.service.status === 'DRAINING') return { ...NOTHING, groups: state.deployments.map(emptiedGroup) }
  const { settled, events } = settle(state)
  const againAt = nextChangeAt(settled)
  return {
    groups: groupsOf(settled),
    ...changes(state, settled),
    isSteady: isSteady(settled),
    events,
    ...(againAt === undefined ? {} : { againAt }),
  }
}

const NOTHING: RolloutStep = { groups: [], deployments: [], removedDeploymentIds: [], isSteady: false, events: [] }

const isShifting = ({ serviceDeployment }: RolloutState): boolean =>
  serviceDeployment !== undefined && shiftsTraffic(serviceDeployment)

/** What ends a deployment comes before what takes it further. */
const rules: Rule = firstOf(begin, timeOutHooks, countFailures, failOrStop, carryRollBack, (state) =>
  isShifting(state) && state.serviceDeployment?.status === 'IN_PROGRESS' ? blueGreenRules(state) : rollingRules(state),
)

const groupsOf = (state: RolloutState): readonly GroupTarget[] => {
  if (primaryOf(state)?.rolloutState === 'FAILED') return keepingGroup(state)
  const status = isShifting(state) ? state.serviceDeployment?.status : undefined
  if (status === 'IN_PROGRESS') return blueGreenGroups(state)
  return status === 'ROLLBACK_IN_PROGRESS' ? rollBackGroups(state) : replacingGroup(state)
}

/** Takes all arrows that can be taken. */
const settle = (state: RolloutState): { settled: RolloutState; events: readonly RolloutEvent[] } => {
  const events: RolloutEvent[] = []
  let settled = state
  let taken = 0
  for (let next = rules(settled); next !== undefined; next = rules(settled)) {
    assert(++taken < MAX_TRANSITIONS, 'the state machine of a deployment does not come to rest')
    settled = after(settled, next)
    events.push(...(next.events ?? []))
  }
  return { settled, events }
}

/** The rows that differ: a row that no arrow touched is the very same. */
const changes = (
  before: RolloutState,
  settled: RolloutState,
): Pick<RolloutStep, 'deployments' | 'removedDeploymentIds' | 'begun' | 'serviceDeployment'> => {
  const known = new Map(before.deployments.map((row) => [row.deploymentId, row]))
  const left = new Set(settled.deployments.map(({ deploymentId }) => deploymentId))
  const begun = settled.deployments.find(({ deploymentId }) => !known.has(deploymentId))
  const { serviceDeployment } = settled
  return {
    deployments: settled.deployments.filter((row) => row !== begun && known.get(row.deploymentId) !== row),
    removedDeploymentIds: [...known.keys()].filter((id) => !left.has(id)),
    ...(begun === undefined ? {} : { begun }),
    ...(serviceDeployment === undefined || serviceDeployment === before.serviceDeployment ? {} : { serviceDeployment }),
  }
}

const isSteady = (state: RolloutState): boolean => {
  const primary = primaryOf(state)
  if (primary?.rolloutState !== 'COMPLETED' || state.deployments.length !== 1) return false
  const { starting, running, healthy, stopping } = countsOf(state, primary)
  const { desiredCount } = state.service
  return running === desiredCount && healthy === desiredCount && starting + stopping === 0
}
