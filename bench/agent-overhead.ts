/**
 * What an agent costs that has 100 RUNNING containers and nothing to do but to tell what they use: processor time over a minute and resident
 * memory, as /proc has them, telemetry on as it is by default. And what it costs the engine (dockerd, containerd and all shims): its processor
 * time in the same minutes, without what it takes while the agent stands still.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeClustersCommand, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import { buildBusyboxImage } from '../test/e2e/busybox-image.ts'
import { startEngine } from '../test/e2e/engine.ts'
import { connectedInstance, startLongshore, until } from '../test/e2e/longshore.ts'
import { compareToLimit } from './lib/compare.ts'
import { report } from './lib/report.ts'

const CONTAINERS = 100
const RUN_TASK_COUNT = 10
const SETTLE_MS = 60_000
const MEASURE_MS = 60_000
const TICKS_PER_SECOND = 100
const BYTES_PER_MB = 1e6

const engine = await startEngine()
const longshore = await startLongshore({ dockerSocket: engine.socket })
const { client } = longshore

const start = async (): Promise<void> => {
  const image = await buildBusyboxImage(engine.socket)
  await connectedInstance(client)
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'sleeper',
      networkMode: 'bridge',
      containerDefinitions: [{ name: 'main', image, memory: 16, command: ['sleep', '3600'] }],
    }),
  )
  for (let call = 0; call < CONTAINERS / RUN_TASK_COUNT; call++)
    await client.send(new RunTaskCommand({ taskDefinition: 'sleeper', count: RUN_TASK_COUNT }))
  await until('all tasks to run', async () => (await runningTasks()) === CONTAINERS, 180_000)
}

const runningTasks = async (): Promise<number> => {
  const { clusters } = await client.send(new DescribeClustersCommand({}))
  return clusters?.[0]?.runningTasksCount ?? 0
}

/** Fields of /proc/PID/stat behind the name, or undefined if the process is gone. */
const statOf = (processId: number): string[] | undefined => {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** Own time, in seconds, and not that of children. */
const processorSeconds = (processId: number): number => {
  const stat = statOf(processId)
  return stat === undefined ? 0 : (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND
}

const residentMB = (processId: number): number =>
  (Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) * 1024) / BYTES_PER_MB

const commandOf = (processId: number): string => {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** The daemon, its containerd and the shims of its containers: all name the daemon's directory. */
const engineProcesses = (): number[] => {
  const directory = engine.socket.slice(0, engine.socket.lastIndexOf('/'))
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return all.filter(
    (processId) => /^[^\0]*(dockerd|containerd)/.test(commandOf(processId)) && commandOf(processId).includes(directory),
  )
}

const agentProcess = (): number => {
  const processId = longshore.processId('agent')
  if (processId === undefined) throw new Error('the agent does not run')
  return processId
}

interface Minute {
  readonly agentPercent: number
  readonly enginePercent: number
  readonly memoryMB: number
}

const measureMinute = async (): Promise<Minute> => {
  const agent = agentProcess()
  const processes = engineProcesses()
  const engineSeconds = (): number => processes.reduce((total, processId) => total + processorSeconds(processId), 0)
  const [agentBefore, engineBefore, startedAt] = [processorSeconds(agent), engineSeconds(), performance.now()]
  await sleep(MEASURE_MS)
  const seconds = (performance.now() - startedAt) / 1000
  return {
    agentPercent: ((processorSeconds(agent) - agentBefore) / seconds) * 100,
    enginePercent: ((engineSeconds() - engineBefore) / seconds) * 100,
    memoryMB: residentMB(agent),
  }
}

/** The same minute, but that the agent does nothing in it. */
const measureStill = async (): Promise<Minute> => {
  const agent = agentProcess()
  process.kill(agent, 'SIGSTOP')
  try {
    return await measureMinute()
  } finally {
    process.kill(agent, 'SIGCONT')
  }
}

const SAMPLES = 3

try {
  await start()
  await sleep(SETTLE_MS)
  const minutes: Minute[] = []
  for (let sample = 0; sample < SAMPLES; sample++) minutes.push(await measureMinute())
  const still = await measureStill()
  const shared = { goal: { atMost: 1 }, limitName: 'the goal', samples: SAMPLES } as const
  const each = (read: (minute: Minute) => number) => {
    const values = minutes.map(read)
    return () => values.shift() ?? Number.NaN
  }
  report([
    await compareToLimit({
      ...shared,
      question: `processor time of an agent with ${CONTAINERS} RUNNING containers`,
      unit: '% of a core',
      measure: each(({ agentPercent }) => agentPercent),
      limit: 1,
    }),
    await compareToLimit({
      ...shared,
      question: `resident memory of an agent with ${CONTAINERS} RUNNING containers`,
      unit: 'MB',
      measure: each(({ memoryMB }) => memoryMB),
      limit: 120,
    }),
    await compareToLimit({
      ...shared,
      question: `processor time of the engine for the agent (by itself it takes ${still.enginePercent.toFixed(1)} %)`,
      unit: '% of a core',
      measure: each(({ enginePercent }) => Math.max(0, enginePercent - still.enginePercent)),
      limit: 1,
    }),
  ])
} finally {
  await longshore.stop()
  await engine.stop()
}
