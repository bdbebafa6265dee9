/**
 * How long a service is short of a task: an essential container is killed, until its replacement runs; a host is lost, from the end of the
 * configured grace until its tasks run elsewhere. Each against the start of one container by the bare Engine API on the same engine.
 */
import type { DescribeTasksResponse, ListTasksResponse, Task } from '@aws-sdk/client-ecs'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildBusyboxImage } from '../test/e2e/busybox-image.ts'
import { type ContainerHost, startContainerHost } from '../test/e2e/container-host.ts'
import { connectedInstances, startLongshore } from '../test/e2e/longshore.ts'
import { comparePairs } from './lib/compare.ts'
import { EngineCalls } from './lib/engine-calls.ts'
import { LightClient } from './lib/light-client.ts'
import { report } from './lib/report.ts'
import { COMMAND, register } from './lib/rig.ts'
import { ServiceClient } from './lib/service-client.ts'

const CPU = 1024
const GRACE_SECONDS = 3
const POLL_MS = 3

const longshore = await startLongshore({
  command: 'server',
  args: ['--log-level', 'warn', '--instance-loss-grace-seconds', String(GRACE_SECONDS)],
})
const client = new LightClient(longshore.endpoint)
const services = new ServiceClient(client)
const hosts = await Promise.all([1, 2].map(() => startContainerHost({ endpoint: longshore.endpoint })))
const images = await Promise.all(hosts.map(({ engine }) => buildBusyboxImage(engine.socket)))
const image = images[0] ?? ''
await connectedInstances(longshore.client, hosts.length)

/** The running task of the service that is not `other`. */
const runningTask = async (serviceName: string, other?: Task): Promise<Task> => {
  for (;;) {
    const { taskArns = [] } = await client.call<ListTasksResponse>('ListTasks', { serviceName })
    if (taskArns.length > 0) {
      const { tasks = [] } = await client.call<DescribeTasksResponse>('DescribeTasks', { tasks: taskArns })
      const found = tasks.find((task) => task.lastStatus === 'RUNNING' && task.taskArn !== other?.taskArn)
      if (found !== undefined) return found
    }
    await sleep(POLL_MS)
  }
}

/** The host that has the container of the task. */
const hostOf = async (task: Task): Promise<ContainerHost> => {
  const runtimeId = task.containers?.[0]?.runtimeId ?? ''
  for (const host of hosts) if ((await host.engine.runningContainers()).includes(runtimeId)) return host
  throw new Error(`no host runs ${runtimeId}`)
}

const startOne = async (): Promise<number> => {
  const calls = new EngineCalls(hosts[0]!.engine.socket, image, CPU)
  const begun = performance.now()
  const id = await calls.createAndStart(COMMAND, 'bridge')
  const elapsed = performance.now() - begun
  await calls.removeAll([id])
  return elapsed
}

/** Tasks that end as soon as they run are held back after a while: each of these is to count as a first failure. */
const LIFE_MS = 2500

const killed = async (): Promise<number> => {
  const task = await runningTask('one')
  await sleep(LIFE_MS)
  const { engine } = await hostOf(task)
  const begun = performance.now()
  await new EngineCalls(engine.socket, image, CPU).call('POST', `/containers/${task.containers?.[0]?.runtimeId}/kill`)
  await runningTask('one', task)
  return performance.now() - begun
}

const lost = async (): Promise<number> => {
  const task = await runningTask('one')
  const host = await hostOf(task)
  const begun = performance.now()
  await host.lose()
  await runningTask('one', task)
  const elapsed = performance.now() - begun - GRACE_SECONDS * 1000
  await host.restore()
  await connectedInstances(longshore.client, hosts.length)
  return elapsed
}

try {
  await register({ client, image }, { family: 'main', networkMode: 'bridge', cpu: CPU })
  await services.create('one', 'main', 1)
  await services.steady('one')
  const common = { unit: 'ms', rival: startOne, rivalName: 'Engine API create+start', goal: { atMost: 2 } }
  report([
    await comparePairs({
      ...common,
      question: 'essential container killed to its replacement RUNNING',
      ours: killed,
      pairs: 15,
      warmUps: 2,
    }),
    await comparePairs({
      ...common,
      question: `host lost to its task RUNNING elsewhere, after the grace of ${GRACE_SECONDS} s`,
      ours: lost,
      pairs: 5,
    }),
  ])
  await services.remove('one')
} finally {
  client.close()
  for (const host of hosts) await host.stop()
  await longshore.stop()
}
