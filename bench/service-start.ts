/**
 * CreateService with 50 tasks until the service is steady, against the same in Docker's Swarm mode on an engine beside ours, and against
 * what the Engine API can do in parallel.
 */
import { buildBusyboxImage } from '../test/e2e/busybox-image.ts'
import { startEngine } from '../test/e2e/engine.ts'
import { type Answer, comparePairs, rateOf } from './lib/compare.ts'
import { EngineCalls, PARALLEL } from './lib/engine-calls.ts'
import { report } from './lib/report.ts'
import { cleanedUp, COMMAND, MEMORY_MIB, register, startRig } from './lib/rig.ts'
import { ServiceClient } from './lib/service-client.ts'
import { Swarm } from './lib/swarm.ts'

type Network = 'bridge' | 'host'

const TASKS = 50
const CPU = 32

const rig = await startRig()
const { engine, image, client } = rig
const rivalEngine = await startEngine()
await buildBusyboxImage(rivalEngine.socket)
const services = new ServiceClient(client)
const engineCalls = new EngineCalls(engine.socket, image, CPU)
const swarm = await Swarm.init(rivalEngine.host)
let number = 0

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
    warmUps: 1,
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
  await register(rig, { family: 'bridge', networkMode: 'bridge', cpu: CPU })
  await register(rig, { family: 'host', networkMode: 'host', cpu: CPU })
  report([
    await againstSwarm('bridge', 2.3),
    await againstSwarm('host', 4.5),
    await againstEngine('bridge'),
    await againstEngine('host'),
  ])
} finally {
  await rig.stop()
  await rivalEngine.stop()
}
