/**
 * Decisions per second about a prepared principal with ten policies of twenty statements, with and without session policies of the same
 * size, against the goal.
 */
import { compareToLimit, type Measure, rateOf } from './lib/compare.ts'
import { PolicyWorld } from './lib/policy-world.ts'
import { report } from './lib/report.ts'

const DECISIONS = 200_000
const GOAL_PER_SECOND = 100_000

const decisionsPerSecond =
  (world: PolicyWorld): Measure =>
  () =>
    rateOf(DECISIONS, () => world.decide(DECISIONS))

const [alone, limited] = [new PolicyWorld(10, false), new PolicyWorld(10, true)]

const limit = { unit: 'per second', limit: GOAL_PER_SECOND, limitName: 'the goal', goal: { atLeast: 1 } }
for (const world of [alone, limited]) world.decide(DECISIONS)
report([
  await compareToLimit({ ...limit, question: 'decisions, 10 policies', measure: decisionsPerSecond(alone) }),
  await compareToLimit({
    ...limit,
    question: 'decisions, 10 policies and 10 of the session',
    measure: decisionsPerSecond(limited),
  }),
])
