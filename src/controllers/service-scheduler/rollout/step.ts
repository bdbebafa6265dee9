/** One step of the state machine of a service's deployments: pure, and taken afresh at every look at the service. */
import { assert } from '../../../kit/assert.ts'
import { begin } from './completion.ts'
import { countsOf, primaryOf } from './facts.ts'
import { rollingGroups, rollingRules } from './rolling.ts'
import { after, firstOf, type Rule, type Transition } from './transition.ts'
import type { GroupTarget, RolloutEvent, RolloutState, RolloutStep } from './types.ts'

/** No deployment has so many arrows to take at one moment; more are a loop. */
const MAX_TRANSITIONS = 1000

export const stepRollout = (state: RolloutState): RolloutStep => {
  if (state.service.deploymentController !== 'ECS' || state.service.status === 'INACTIVE') return NOTHING
  if (state.service.status === 'DRAINING') return { ...NOTHING, groups: drained(state) }
  const { settled, events } = settle(state, firstOf(begin, rollingRules))
  return { ...changes(state, settled), groups: rollingGroups(settled), isSteady: isSteady(settled), events }
}

const NOTHING: RolloutStep = { groups: [], deployments: [], removedDeploymentIds: [], isSteady: false, events: [] }

/** A service that is being deleted: all of its tasks go, and nothing is deployed any more. */
const drained = ({ deployments }: RolloutState): readonly GroupTarget[] =>
  deployments.map(({ deploymentId }) => ({ holderId: deploymentId, desiredCount: 0, replacedIds: [], mayStart: false }))

/** Takes all arrows that can be taken. */
const settle = (state: RolloutState, rules: Rule): { settled: RolloutState; events: readonly RolloutEvent[] } => {
  const events: RolloutEvent[] = []
  let settled = state
  let taken = 0
  for (let next = rules(settled); next !== undefined; next = rules(settled)) {
    assert(++taken < MAX_TRANSITIONS, 'the state machine of a deployment does not come to rest')
    settled = after(settled, next)
    events.push(...eventsOf(next))
  }
  return { settled, events }
}

const eventsOf = ({ events = [] }: Transition): readonly RolloutEvent[] => events

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
