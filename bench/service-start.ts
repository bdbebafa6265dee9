/**
 * CreateService with 50 tasks until the service is steady, against the same in Docker's Swarm mode on an engine beside ours, and against
 * what the Engine API can do in parallel.
 */
import { buildBusyboxImage } from '../test/e2e/busybox-image.ts'
import { type Engine, startEngine } from '../test/e2e/engine.ts'
import { connectedInstance, startLongshore, until } from '../test/e2e/longshore.ts'
import { type Answer, comparePairs, rateOf } from './lib/compare.ts'
import { EngineCalls, PARALLEL } from './lib/engine-calls.ts'
import { LightClient } from './lib/light-client.ts'
import { report } from './lib/report.ts'
import { ServiceClient } from './lib/service-client.ts'
import { Swarm } from './lib/swarm.ts'

type Network = 'bridge' | 'host'

/** Ends at once on SIGTERM. */
const COMMAND = ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait']
const TASKS = 50
const CPU = 32
const MEMORY_MIB = 32
const CLEAN_UP_MS = 180_000

const engine = await startEngine()
const rivalEngine = await startEngine()
const image = await buildBusyboxImage(engine.socket)
await buildBusyboxImage(rivalEngine.socket)
const longshore = await startLongshore({
  dockerSocket: engine.socket,
  args: ['--log-level', 'warn'],
  env: { ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' },
})
await connectedInstance(longshore.client)
const client = new LightClient(longshore.endpoint)
const services = new ServiceClient(client)
const engineCalls = new EngineCalls(engine.socket, image, CPU)
const swarm = await Swarm.init(rivalEngine.host)
let number = 0

const register = (networkMode: Network): Promise<object> =>
  client.call('RegisterTaskDefinition', {
    family: networkMode,
    networkMode,
    containerDefinitions: [{ name: 'main', image, cpu: CPU, memory: MEMORY_MIB, command: COMMAND, stopTimeout: 10 }],
  })

const cleanedUp = (on: Engine): Promise<unknown> =>
  until('containers to be gone', async () => (await on.allContainers()).length === 0, CLEAN_UP_MS)

const ourRate = async (networkMode: Network): Promise<number> => {
  const name = `ours-${number++}`
  const rate = await rateOf(TASKS, async () => {
    await services.create(name, networkMode, TASKS)
    await services.steady(name)
  })
  await services.remove(name)
  await cleanedUp(engine)
  return rate
}

const swarmRate = async (network: Network): Promise<number> => {
  const name = `swarm-${number++}`
  const options = { replicas: TASKS, network, memoryMiB: MEMORY_MIB }
  const rate = await rateOf(TASKS, () => swarm.createService(name, image, COMMAND, options))
  await swarm.removeService(name)
  await cleanedUp(rivalEngine)
  return rate
}

const againstSwarm = (network: Network, atLeast: number): Promise<Answer> =>
  comparePairs({
    question: `CreateService with ${TASKS} tasks to steady state, ${network} network`,
    unit: 'tasks/s',
    ours: () => ourRate(network),
    rival: () => swarmRate(network),
    rivalName: 'docker service create',
    goal: { atLeast },
    pairs: 3,
    warmUps: 0,
  })

const againstEngine = (network: Network): Promise<Answer> =>
  comparePairs({
    question: `CreateService with ${TASKS} tasks to steady state, ${network} network`,
    unit: 'tasks/s',
    ours: () => ourRate(network),
    rival: () => engineCalls.bestRate(TASKS, COMMAND, network),
    rivalName: `best Engine API rate of ${PARALLEL.join(', ')} in parallel`,
    goal: { atLeast: 0.85 },
    pairs: 3,
    warmUps: 0,
  })

try {
  await register('bridge')
  await register('host')
  report([
    await againstSwarm('bridge', 2.3),
    await againstSwarm('host', 4.5),
    await againstEngine('bridge'),
    await againstEngine('host'),
  ])
} finally {
  client.close()
  await longshore.stop()
  await engine.stop()
  await rivalEngine.stop()
}
