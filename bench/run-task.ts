/**
 * What running a task costs on top of what its container costs: RunTask until RUNNING is described, 50 tasks at once, StopTask until
 * STOPPED, each against the bare Engine API with the same image on the same engine.
 */
import type { DescribeTasksResponse, RunTaskResponse } from '@aws-sdk/client-ecs'
import { type Answer, comparePairs, millisecondsOf, rateOf } from './lib/compare.ts'
import { EngineCalls, PARALLEL } from './lib/engine-calls.ts'
import { report } from './lib/report.ts'
import { cleanedUp, COMMAND, register, startRig } from './lib/rig.ts'

const POLL_MS = 3
const POLL_MANY_MS = 20
/** One task at a time has a core; fifty share two. */
const CPU_OF_ONE = 1024
const CPU_OF_MANY = 32
const TASKS_AT_ONCE = 50
const RUN_TASK_COUNT = 10

const rig = await startRig()
const { engine, image, client } = rig
const rival = new EngineCalls(engine.socket, image, CPU_OF_ONE)
const parallelRival = new EngineCalls(engine.socket, image, CPU_OF_MANY)

const runTasks = async (family: string, count: number): Promise<string[]> => {
  const { tasks = [], failures = [] } = await client.call<RunTaskResponse>('RunTask', { taskDefinition: family, count })
  if (tasks.length < count) throw new Error(`not placed: ${JSON.stringify(failures)}`)
  return tasks.map(({ taskArn }) => taskArn ?? '')
}

/** Resolves when all tasks are described with the status. */
const reached = async (tasks: readonly string[], status: 'RUNNING' | 'STOPPED'): Promise<void> => {
  for (;;) {
    const { tasks: described = [] } = await client.call<DescribeTasksResponse>('DescribeTasks', { tasks })
    if (described.every(({ lastStatus }) => lastStatus === status)) return
    const failed = described.find(({ lastStatus }) => status === 'RUNNING' && lastStatus === 'STOPPED')
    if (failed !== undefined) throw new Error(`stopped: ${failed.stoppedReason} ${failed.containers?.[0]?.reason}`)
    await new Promise((resolve) => setTimeout(resolve, tasks.length > 1 ? POLL_MANY_MS : POLL_MS))
  }
}

const stopTasks = async (tasks: readonly string[]): Promise<void> => {
  await Promise.all(tasks.map((task) => client.call('StopTask', { task })))
  await reached(tasks, 'STOPPED')
}

const latency = (): Promise<Answer> =>
  comparePairs({
    question: 'RunTask call to RUNNING, bridge network',
    unit: 'ms',
    ours: async () => {
      let tasks: string[] = []
      const elapsed = await millisecondsOf(async () => {
        tasks = await runTasks('one', 1)
        await reached(tasks, 'RUNNING')
      })
      await stopTasks(tasks)
      await cleanedUp(engine)
      return elapsed
    },
    rival: async () => {
      let id = ''
      const elapsed = await millisecondsOf(async () => (id = await rival.createAndStart(COMMAND, 'bridge')))
      await rival.stopAndRemove(id)
      return elapsed
    },
    rivalName: 'Engine API create+start',
    goal: { atMost: 1.1 },
    pairs: 15,
    warmUps: 2,
  })

const stopping = (): Promise<Answer> =>
  comparePairs({
    question: 'StopTask call to STOPPED',
    unit: 'ms',
    ours: async () => {
      const tasks = await runTasks('one', 1)
      await reached(tasks, 'RUNNING')
      const elapsed = await millisecondsOf(() => stopTasks(tasks))
      await cleanedUp(engine)
      return elapsed
    },
    rival: async () => {
      const id = await rival.createAndStart(COMMAND, 'bridge')
      return millisecondsOf(() => rival.stopAndRemove(id))
    },
    rivalName: 'Engine API stop+remove',
    goal: { atMost: 1.15 },
    pairs: 15,
    warmUps: 2,
  })

const ourRate = async (networkMode: string): Promise<number> => {
  const tasks: string[] = []
  const rate = await rateOf(TASKS_AT_ONCE, async () => {
    const calls = Array.from({ length: TASKS_AT_ONCE / RUN_TASK_COUNT }, () => runTasks(networkMode, RUN_TASK_COUNT))
    tasks.push(...(await Promise.all(calls)).flat())
    await reached(tasks, 'RUNNING')
  })
  await stopTasks(tasks)
  await cleanedUp(engine)
  return rate
}

const throughput = async (networkMode: 'bridge' | 'host'): Promise<Answer> =>
  comparePairs({
    question: `${TASKS_AT_ONCE} tasks to all RUNNING, ${networkMode} network`,
    unit: 'tasks/s',
    ours: () => ourRate(networkMode),
    rival: () => parallelRival.bestRate(TASKS_AT_ONCE, COMMAND, networkMode),
    rivalName: `best Engine API rate of ${PARALLEL.join(', ')} in parallel`,
    goal: { atLeast: 0.85 },
    pairs: 3,
    warmUps: 0,
  })

try {
  await register(rig, { family: 'one', networkMode: 'bridge', cpu: CPU_OF_ONE })
  await register(rig, { family: 'bridge', networkMode: 'bridge', cpu: CPU_OF_MANY })
  await register(rig, { family: 'host', networkMode: 'host', cpu: CPU_OF_MANY })
  const answers = [await latency(), await stopping(), await throughput('bridge'), await throughput('host')]
  report(answers)
} finally {
  await rig.stop()
}
