/**
 * Placement decisions per second, each with the update of the index that follows from it, per strategy: at 10,000 instances with
 * 1,000,000 tasks of 500 services (a fifth with static ports, a fifth on distinct instances, half with `memberOf`), against the goal,
 * against a plain scan of all instances, and at 50,000 instances against 10,000.
 */
import type { TaskRecord } from '../src/model/records.ts'
import type { PlacementStrategy } from '../src/scheduler/types.ts'
import { RUN_TASK_STRATEGIES, SERVICE_STRATEGIES } from '../src/scheduler/strategies/strategies.ts'
import { type Answer, comparePairs, compareToLimit, type Measure, rateOf } from './lib/compare.ts'
import { LoadedCluster } from './lib/loaded-cluster.ts'
import { report } from './lib/report.ts'

const TASKS = 1_000_000
const DECISIONS = 10_000
const SCANS = 5
const GOAL_PER_SECOND = 100_000
const GOAL_OVER_SCAN = 100
const GOAL_OF_LARGER = 0.5

const ZONE: PlacementStrategy = { type: 'spread', field: 'attribute:ecs.availability-zone' }

const STRATEGIES: Readonly<Record<string, readonly PlacementStrategy[]>> = {
  random: RUN_TASK_STRATEGIES,
  'binpack cpu': [{ type: 'binpack', field: 'cpu' }],
  'binpack memory': [{ type: 'binpack', field: 'memory' }],
  'spread instanceId': [{ type: 'spread', field: 'instanceId' }],
  'spread zone, binpack memory': [ZONE, { type: 'binpack', field: 'memory' }],
  'spread zone, spread instanceId': SERVICE_STRATEGIES,
}

/** Places and takes away again, so that every sample meets the same cluster; only the placing is timed. */
const decisionsPerSecond = (cluster: LoadedCluster, strategies: readonly PlacementStrategy[]): Measure => {
  return async () => {
    const tasks: TaskRecord[] = []
    const rate = await rateOf(DECISIONS, () => {
      for (let decision = 0; decision < DECISIONS; decision++) tasks.push(cluster.place(strategies))
    })
    for (const task of tasks) cluster.index.applyTask(task, undefined)
    return rate
  }
}

const scansPerSecond = (cluster: LoadedCluster, strategies: readonly PlacementStrategy[]): Measure => {
  return async () => {
    const tasks: TaskRecord[] = []
    const rate = await rateOf(SCANS, () => {
      for (let decision = 0; decision < SCANS; decision++) tasks.push(cluster.placeByScan(strategies))
    })
    for (const task of tasks) cluster.scan.applyTask(task, undefined)
    return rate
  }
}

const [cluster, larger] = [new LoadedCluster(10_000, TASKS), new LoadedCluster(50_000, TASKS)]

const unit = 'per second'
const answers: Answer[] = []
for (const [name, strategies] of Object.entries(STRATEGIES)) {
  const ours = decisionsPerSecond(cluster, strategies)
  const oursLarger = decisionsPerSecond(larger, strategies)
  const overScan = { unit, rivalName: 'a plain scan', goal: { atLeast: GOAL_OVER_SCAN } }
  answers.push(
    await comparePairs({
      ...overScan,
      question: `placements, ${name}, 10,000 instances`,
      ours,
      rival: scansPerSecond(cluster, strategies),
    }),
    await compareToLimit({
      question: `placements, ${name}, 10,000 instances`,
      unit,
      measure: ours,
      limit: GOAL_PER_SECOND,
      limitName: 'the goal',
      goal: { atLeast: 1 },
    }),
    await comparePairs({
      ...overScan,
      question: `placements, ${name}, 50,000 instances`,
      ours: oursLarger,
      rival: scansPerSecond(larger, strategies),
    }),
    await comparePairs({
      question: `placements, ${name}, 50,000 instances`,
      unit,
      ours: oursLarger,
      rival: ours,
      rivalName: 'ours at 10,000 instances',
      goal: { atLeast: GOAL_OF_LARGER },
    }),
  )
}
report(answers)
