/**
 * Decisions per second about a prepared principal with ten policies of twenty statements, with and without session policies of the same
 * size, against the goal; and with a hundred policies against ten.
 */
import { comparePairs, compareToLimit, type Measure, rateOf } from './lib/compare.ts'
import { PolicyWorld } from './lib/policy-world.ts'
import { report } from './lib/report.ts'

const DECISIONS = 50_000
const GOAL_PER_SECOND = 100_000
/** Ten times the policies name ten times the resources of an action; what names other actions costs nothing. */
const GOAL_OF_LARGER = 0.1

const decisionsPerSecond =
  (world: PolicyWorld): Measure =>
  () =>
    rateOf(DECISIONS, () => world.decide(DECISIONS))

const [alone, limited, larger] = [new PolicyWorld(10, false), new PolicyWorld(10, true), new PolicyWorld(100, false)]

const unit = 'per second'
const goal = { atLeast: 1 }
const limit = { unit, limit: GOAL_PER_SECOND, limitName: 'the goal', goal }
for (const world of [alone, limited, larger]) world.decide(DECISIONS)
report([
  await compareToLimit({ ...limit, question: 'decisions, 10 policies', measure: decisionsPerSecond(alone) }),
  await compareToLimit({
    ...limit,
    question: 'decisions, 10 policies and 10 of the session',
    measure: decisionsPerSecond(limited),
  }),
  await comparePairs({
    question: 'decisions, 100 policies',
    unit,
    ours: decisionsPerSecond(larger),
    rival: decisionsPerSecond(alone),
    rivalName: 'ours with 10 policies',
    goal: { atLeast: GOAL_OF_LARGER },
  }),
])
