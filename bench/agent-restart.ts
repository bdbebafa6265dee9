/**
 * kill -9 of an agent that runs 50 containers: how long until the next one has compared all of them with its checkpoint and is connected
 * again. None may have been restarted.
 */
import { DescribeTasksCommand, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import { buildBusyboxImage } from '../test/e2e/busybox-image.ts'
import { startEngine } from '../test/e2e/engine.ts'
import { connectedInstance, startLongshore, until } from '../test/e2e/longshore.ts'
import { compareToLimit, millisecondsOf } from './lib/compare.ts'
import { report } from './lib/report.ts'

const CONTAINERS = 50
const RUN_TASK_COUNT = 10
const LIMIT_MS = 2000

const engine = await startEngine()
const longshore = await startLongshore({ dockerSocket: engine.socket })
const { client } = longshore

const start = async (): Promise<string[]> => {
  const image = await buildBusyboxImage(engine.socket)
  await connectedInstance(client)
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'sleeper',
      networkMode: 'host',
      containerDefinitions: [{ name: 'main', image, memory: 16, command: ['sleep', '3600'] }],
    }),
  )
  const arns: string[] = []
  for (let call = 0; call < CONTAINERS / RUN_TASK_COUNT; call++) {
    const { tasks = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'sleeper', count: RUN_TASK_COUNT }))
    arns.push(...tasks.map(({ taskArn }) => taskArn ?? ''))
  }
  await until('all tasks to run', async () => (await runtimeIds(arns)).length === CONTAINERS, 120_000)
  return arns
}

/** Docker ids of the tasks that are RUNNING. */
const runtimeIds = async (tasks: readonly string[]): Promise<string[]> => {
  const { tasks: described = [] } = await client.send(new DescribeTasksCommand({ tasks: [...tasks] }))
  const running = described.filter(({ lastStatus }) => lastStatus === 'RUNNING')
  return running.map(({ containers }) => containers?.[0]?.runtimeId ?? '').toSorted()
}

/** How often an agent has said that it looked at all its containers, and that its connection stands. */
const signs = (): number => {
  const lines = longshore.output().split('\n')
  const looked = lines.filter(
    (line) => line.includes('container runtime answers') && line.includes(`"containers":${CONTAINERS}`),
  )
  const connected = lines.filter((line) => line.includes('"connected"') && line.includes('"ACS"'))
  return Math.min(looked.length, connected.length - 1)
}

try {
  const tasks = await start()
  const before = await runtimeIds(tasks)
  const answer = await compareToLimit({
    question: `kill -9 of the agent with ${CONTAINERS} containers: all adopted again`,
    unit: 'ms',
    measure: async () => {
      const already = signs()
      const elapsed = await millisecondsOf(async () => {
        longshore.kill('agent')
        await until('the next agent', () => signs() > already)
      })
      const after = await runtimeIds(tasks)
      const running = (await engine.runningContainers()).toSorted()
      if (String(after) !== String(before) || String(running) !== String(before))
        throw new Error('a container was restarted')
      return elapsed
    },
    limit: LIMIT_MS,
    limitName: 'the goal',
    goal: { atMost: 1 },
  })
  report([answer])
} finally {
  await longshore.stop()
  await engine.stop()
}
