/**
 * Services at size: 1,000 of them with 100 tasks each on 10,000 simulated instances, from the first CreateService to the last task RUNNING;
 * then, in the same cluster, what the control plane costs while nothing happens, and how long it takes to replace what ran on hosts that
 * vanish; and in a smaller one the time of API calls during a rolling update.
 */
import type { DescribeServicesResponse, Service } from '@aws-sdk/client-ecs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, compareToLimit } from './lib/compare.ts'
import { CALLS_AT_ONCE, type Call, forEach, type LargeCluster, startLargeCluster } from './lib/fleet-control.ts'
import { report } from './lib/report.ts'
import { quantile } from './lib/statistics.ts'

const INSTANCES = 10_000
const SERVICES = 1_000
const TASKS_PER_SERVICE = 100
const TASKS = SERVICES * TASKS_PER_SERVICE
const RUN_LIMIT_SECONDS = 50

const LOST_HOSTS = 100
const LOSS_GRACE_SECONDS = 5
const REPLACE_LIMIT_SECONDS = 2

const SETTLING_DOWN_MS = 60_000
const CONVERGED_FOR_MS = 60_000
const CONVERGED_LIMIT_PERCENT = 2

const UPDATED_TASKS = 1_000
const UPDATED_ON_INSTANCES = 200
const CALL_LIMIT_MS = 50
const CALL_EVERY_MS = 10

const register = (call: Call): Promise<unknown> =>
  call('RegisterTaskDefinition', {
    family: 'bench',
    containerDefinitions: [
      { name: 'app', image: 'busybox', cpu: 128, memory: 128, portMappings: [{ containerPort: 80 }] },
    ],
  })

const runningTasks = async (call: Call): Promise<number> => {
  const { clusters } = await call<{ clusters: { runningTasksCount: number }[] }>('DescribeClusters', {})
  return clusters[0]?.runningTasksCount ?? 0
}

const secondsUntil = async (since: number, holds: () => Promise<boolean>, pollMs = 100): Promise<number> => {
  while (!(await holds())) await sleep(pollMs)
  return (performance.now() - since) / 1000
}

const createAll = async ({ call }: LargeCluster): Promise<number> => {
  await register(call)
  const startedAt = performance.now()
  await forEach(SERVICES, CALLS_AT_ONCE, (number) =>
    call('CreateService', {
      serviceName: `service-${number}`,
      taskDefinition: 'bench',
      desiredCount: TASKS_PER_SERVICE,
    }),
  )
  return secondsUntil(startedAt, async () => (await runningTasks(call)) === TASKS)
}

/** Percent of one core that the control plane uses while nothing happens. */
const convergedPercent = async (cluster: LargeCluster): Promise<number> => {
  await sleep(SETTLING_DOWN_MS)
  const before = cluster.cpuSeconds()
  await sleep(CONVERGED_FOR_MS)
  return ((cluster.cpuSeconds() - before) / (CONVERGED_FOR_MS / 1000)) * 100
}

/**
 * Seconds from the moment at which the first of the hosts is given up until as many tasks run elsewhere. The lost ones count as RUNNING for
 * as long as nobody can say otherwise.
 */
const replaceLost = async ({ call, loseHosts }: LargeCluster): Promise<number> => {
  loseHosts(LOST_HOSTS)
  const lost = await tasksOnLostHosts(call)
  while ((await runningTasks(call)) === TASKS) await sleep(5)
  return secondsUntil(performance.now(), async () => (await runningTasks(call)) === TASKS + lost, 20)
}

const tasksOnLostHosts = async (call: Call): Promise<number> => {
  for (;;) {
    const { containerInstanceArns: containerInstances } = await call<{ containerInstanceArns: string[] }>(
      'ListContainerInstances',
      { filter: 'agentConnected == false' },
    )
    if (containerInstances.length === LOST_HOSTS) {
      const described = await call<{ containerInstances: { runningTasksCount: number }[] }>(
        'DescribeContainerInstances',
        { containerInstances },
      )
      return described.containerInstances.reduce((total, { runningTasksCount }) => total + runningTasksCount, 0)
    }
    await sleep(50)
  }
}

const whole = async (): Promise<Answer[]> => {
  const cluster = await startLargeCluster(INSTANCES, ['--instance-loss-grace-seconds', String(LOSS_GRACE_SECONDS)])
  const size = `${INSTANCES} instances, ${SERVICES} services, ${TASKS} tasks`
  try {
    const running = await createAll(cluster)
    progress(`all run after ${running.toFixed(1)} s`)
    const percent = await convergedPercent(cluster)
    progress(`${percent.toFixed(2)} % of a core while nothing changes`)
    const replaced = await replaceLost(cluster)
    progress(`replaced after ${replaced.toFixed(2)} s`)
    return [
      await once(`${size}: first CreateService to all RUNNING`, 's', running, RUN_LIMIT_SECONDS),
      await once(`${size}: the control plane while nothing changes`, '% of a core', percent, CONVERGED_LIMIT_PERCENT),
      await once(
        `the tasks of ${LOST_HOSTS} of them that vanish, given up to RUNNING`,
        's',
        replaced,
        REPLACE_LIMIT_SECONDS,
      ),
    ]
  } finally {
    await cluster.stop()
  }
}

/** Minutes of work want a sign of life. */
const progress = (text: string): void => console.error(`  ${text}`)

const once = (question: string, unit: string, value: number, limit: number): Promise<Answer> =>
  compareToLimit({
    question,
    unit,
    measure: () => value,
    limit,
    limitName: `${limit} ${unit}`,
    goal: { atMost: 1 },
    samples: 1,
  })

/** The 99th percentile of calls, in milliseconds, that are made every few milliseconds while 1,000 tasks are replaced. */
const callsDuringUpdate = async (): Promise<Answer> => {
  const cluster = await startLargeCluster(UPDATED_ON_INSTANCES, ['--service-settling-seconds', '1'])
  const { call } = cluster
  const serviceName = 'updated'
  try {
    await register(call)
    await call('CreateService', { serviceName, taskDefinition: 'bench', desiredCount: UPDATED_TASKS })
    while (!(await isSteady(call, serviceName))) await sleep(50)
    await register(call)
    await call('UpdateService', { service: serviceName, taskDefinition: 'bench' })
    const times: number[] = []
    const calls: (() => Promise<unknown>)[] = [
      () => call('DescribeServices', { services: [serviceName] }),
      () => call('ListTasks', { serviceName }),
      () => call('DescribeClusters', {}),
      () => call('RunTask', { taskDefinition: 'bench', count: 1 }),
    ]
    for (let number = 0; !(number % 50 === 0 && number > 0 && (await isSteady(call, serviceName))); number++) {
      const begun = performance.now()
      await calls[number % calls.length]!()
      times.push(performance.now() - begun)
      await sleep(CALL_EVERY_MS)
    }
    const p99 = quantile(
      times.toSorted((a, b) => a - b),
      0.99,
    )
    return await once(`99th percentile of API calls while ${UPDATED_TASKS} tasks are updated`, 'ms', p99, CALL_LIMIT_MS)
  } finally {
    await cluster.stop()
  }
}

const isSteady = async (call: Call, serviceName: string): Promise<boolean> => {
  const { services = [] } = await call<DescribeServicesResponse>('DescribeServices', { services: [serviceName] })
  const { deployments = [], runningCount, desiredCount } = services[0] as Service
  return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED' && runningCount === desiredCount
}

report([...(await whole()), await callsDuringUpdate()])
