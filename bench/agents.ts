/**
 * From the first RunTask to the last task RUNNING: 100,000 tasks on 10,000 agents. The control plane is `longshore server`, signatures
 * verified, journal on disk.
 */
import { SystemClock } from '../src/kit/clock.ts'
import { compareToLimit } from './lib/compare.ts'
import { CALLS_AT_ONCE, type Call, forEach, startLargeCluster } from './lib/fleet-control.ts'
import { report } from './lib/report.ts'

const AGENTS = 10_000
const TASKS = 100_000
const TASKS_PER_CALL = 10
const LIMIT_SECONDS = 50

const clock = new SystemClock()

/** One sample: a new control plane, a new fleet, and the seconds until all tasks run. */
const secondsToRunAll = async (): Promise<number> => {
  const cluster = await startLargeCluster(AGENTS)
  try {
    return await runAll(cluster.call)
  } finally {
    await cluster.stop()
  }
}

const runAll = async (call: Call): Promise<number> => {
  await call('RegisterTaskDefinition', {
    family: 'bench',
    containerDefinitions: [
      { name: 'app', image: 'busybox', cpu: 128, memory: 128, portMappings: [{ containerPort: 80 }] },
    ],
  })
  const startedAt = performance.now()
  await forEach(TASKS / TASKS_PER_CALL, CALLS_AT_ONCE, async () => {
    const { failures } = await call('RunTask', { taskDefinition: 'bench', count: TASKS_PER_CALL, launchType: 'EC2' })
    if ((failures as unknown[]).length > 0) throw new Error(`RunTask failed: ${JSON.stringify(failures)}`)
  })
  for (;;) {
    const { clusters } = (await call('DescribeClusters', {})) as { clusters: { runningTasksCount: number }[] }
    if (clusters[0]?.runningTasksCount === TASKS) return (performance.now() - startedAt) / 1000
    await clock.sleep(100)
  }
}

report([
  await compareToLimit({
    question: '100,000 tasks on 10,000 agents over websockets, from the first RunTask to all RUNNING',
    unit: 's',
    measure: secondsToRunAll,
    limit: LIMIT_SECONDS,
    limitName: `${LIMIT_SECONDS} s`,
    goal: { atMost: 1 },
    samples: 3,
  }),
])
