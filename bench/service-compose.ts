/**
 * An application of 20 services with a task each: all of them created and steady, and applied again unchanged, against `docker compose up` of
 * the same on the same engine. Ours is driven by calls of the API, as by a deployment tool that keeps no process waiting in between.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { comparePairs, millisecondsOf } from './lib/compare.ts'
import { composeProgram } from './lib/compose.ts'
import { report } from './lib/report.ts'
import { cleanedUp, COMMAND, MEMORY_MIB, register, startRig } from './lib/rig.ts'
import { scratchDirectory } from './lib/scratch.ts'
import { ServiceClient } from './lib/service-client.ts'

const NAMES = Array.from({ length: 20 }, (_, number) => `service-${number}`)
const CPU = 32

const rig = await startRig()
const { engine, image, client } = rig
const services = new ServiceClient(client)

const program = composeProgram()
const file = path.join(scratchDirectory(), 'compose.json')
// With what a compose file has unless it says otherwise: a network of the project's own.
const composed = { image, command: COMMAND, mem_limit: `${MEMORY_MIB}m`, cpu_shares: CPU }
writeFileSync(
  file,
  JSON.stringify({ name: 'rival', services: Object.fromEntries(NAMES.map((name) => [name, composed])) }),
)

const compose = async (...args: readonly string[]): Promise<void> => {
  const child = spawn(program, ['--file', file, ...args], {
    env: { ...process.env, DOCKER_HOST: engine.host },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number]
  if (code !== 0) throw new Error(`docker compose ${args.join(' ')}: ${said}`)
}

const create = async (): Promise<void> => {
  await Promise.all(NAMES.map((name) => services.create(name, 'main', 1)))
  await services.steady(...NAMES)
}

const applyAgain = async (): Promise<void> => {
  await Promise.all(
    NAMES.map((service) => client.call('UpdateService', { service, taskDefinition: 'main', desiredCount: 1 })),
  )
  await services.steady(...NAMES)
}

const removeOurs = async (): Promise<void> => {
  await services.remove(...NAMES)
  await cleanedUp(engine)
}

const removeTheirs = async (): Promise<void> => {
  await compose('down', '--timeout', '10')
  await cleanedUp(engine)
}

try {
  await register(rig, { family: 'main', networkMode: 'bridge', cpu: CPU })
  const first = await comparePairs({
    question: `${NAMES.length} services of one task until all are steady`,
    unit: 'ms',
    ours: async () => {
      const elapsed = await millisecondsOf(create)
      await removeOurs()
      return elapsed
    },
    rival: async () => {
      const elapsed = await millisecondsOf(() => compose('up', '--detach'))
      await removeTheirs()
      return elapsed
    },
    rivalName: 'docker compose up',
    goal: { atMost: 0.85 },
    pairs: 5,
  })
  await create()
  await compose('up', '--detach')
  const again = await comparePairs({
    question: `the same ${NAMES.length} applied again unchanged`,
    unit: 'ms',
    ours: () => millisecondsOf(applyAgain),
    rival: () => millisecondsOf(() => compose('up', '--detach')),
    rivalName: 'docker compose up with nothing to do',
    goal: { atMost: 1 },
    pairs: 7,
  })
  report([first, again])
} finally {
  await rig.stop()
}
