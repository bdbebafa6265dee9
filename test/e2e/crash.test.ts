/**
 * Goal: whatever is killed at whatever moment, every acknowledged call is remembered, no container runs that no task owns, no task runs
 * twice, and all statuses converge.
 *
 * Method: a private engine and a real `longshore up`. Fifty RunTask and StopTask calls from a seed; between them SIGKILL to the server,
 * the agent, both, or the engine. Each container appends a line to a file of its own on the host when it starts: two lines are a
 * second run. Afterwards the engine is asked, not our API, what runs. CRASH_RUNS sets how many seeds are tried.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SeededIds } from '../../src/kit/ids.ts'
import { buildBusyboxImage } from './busybox-image.ts'
import { type Engine, startEngine } from './engine.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'

const CALLS = 50
const KILL_SHARE = 0.2
const RUNS = Number(process.env['CRASH_RUNS'] ?? 1)
const FIRST_SEED = Number(process.env['CRASH_SEED'] ?? 1)
const CONVERGE_TIMEOUT_MS = 120_000
const VICTIMS = ['server', 'agent', 'both', 'engine'] as const

/** What was acknowledged: task ARN by run number, and which of them were told to stop. */
interface Acknowledged {
  readonly started: Map<number, string>
  readonly stopped: Set<number>
}

class CrashRun {
  readonly #ids: SeededIds
  readonly #engine: Engine
  readonly #longshore: RunningLongshore
  readonly acknowledged: Acknowledged = { started: new Map(), stopped: new Set() }
  readonly kills: string[] = []

  constructor(seed: number, engine: Engine, longshore: RunningLongshore) {
    this.#ids = new SeededIds(seed)
    this.#engine = engine
    this.#longshore = longshore
  }

  async run(): Promise<void> {
    for (let call = 0; call < CALLS; call++) {
      const killing = this.#ids.random() < KILL_SHARE ? this.#killSoon() : undefined
      await this.#call(call)
      await sleep(this.#ids.random() * 100)
      await killing
    }
  }

  /** Kills during the next call or shortly after. */
  async #killSoon(): Promise<void> {
    const victim = this.#pick(VICTIMS)
    await sleep(this.#ids.random() * 150)
    this.kills.push(victim)
    if (victim === 'server' || victim === 'both') this.#longshore.kill('server')
    if (victim === 'agent' || victim === 'both') this.#longshore.kill('agent')
    if (victim === 'engine') {
      await this.#engine.kill()
      await this.#engine.restart()
    }
  }

  async #call(number: number): Promise<void> {
    const candidates = [...this.acknowledged.started.keys()].filter((run) => !this.acknowledged.stopped.has(run))
    if (candidates.length > 3 && this.#ids.random() < 0.4) await this.#stopTask(this.#pick(candidates))
    else await this.#runTask(number)
  }

  async #runTask(number: number): Promise<void> {
    const environment = [{ name: 'RUN', value: String(number) }]
    const answer = await this.#persist(() =>
      this.#longshore.client.send(
        new RunTaskCommand({
          taskDefinition: 'witness',
          clientToken: `run-${number}`,
          overrides: { containerOverrides: [{ name: 'main', environment }] },
        }),
      ),
    )
    const taskArn = answer.tasks?.[0]?.taskArn
    if (taskArn !== undefined) this.acknowledged.started.set(number, taskArn)
  }

  async #stopTask(number: number): Promise<void> {
    const task = this.acknowledged.started.get(number) ?? ''
    await this.#persist(() =>
      this.#longshore.client.send(new StopTaskCommand({ task, reason: `stopped by call ${number}` })),
    )
    this.acknowledged.stopped.add(number)
  }

  /** Repeats a call until it is answered, as a client does whose server went away. A fault is an answer, and here a failure. */
  async #persist<T>(call: () => Promise<T>): Promise<T> {
    for (const deadline = performance.now() + CONVERGE_TIMEOUT_MS; ; await sleep(50)) {
      try {
        return await call()
      } catch (error) {
        if ((error as { $fault?: string }).$fault === 'client' || performance.now() > deadline) throw error
      }
    }
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#ids.random() * items.length)] as T
  }
}

describe('killed at random moments', () => {
  let engine: Engine
  let image: string

  beforeAll(async () => {
    engine = await startEngine()
    image = await buildBusyboxImage(engine.socket)
  })

  afterAll(() => engine.stop())

  const describeAll = async (longshore: RunningLongshore, arns: readonly string[]): Promise<Task[]> => {
    const { tasks = [], failures = [] } = await longshore.client.send(new DescribeTasksCommand({ tasks: [...arns] }))
    expect(failures, 'an acknowledged task is forgotten').toEqual([])
    return tasks
  }

  /** Waits until every task is where it should be: stopped ones STOPPED, others RUNNING, or STOPPED if the engine died under them. */
  const converged = (longshore: RunningLongshore, run: CrashRun): Promise<Task[]> =>
    until(
      'all statuses to converge',
      async () => {
        const tasks = await describeAll(longshore, [...run.acknowledged.started.values()])
        const settled = tasks.every(({ lastStatus, desiredStatus }) => lastStatus === desiredStatus)
        if (!settled)
          throw new Error(
            `not converged: ${JSON.stringify(tasks.map(({ taskArn, lastStatus, desiredStatus }) => [taskArn, lastStatus, desiredStatus]))}`,
          )
        return tasks
      },
      CONVERGE_TIMEOUT_MS,
    )

  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    it(`keeps every promise (seed ${seed})`, async () => {
      const witnesses = mkdtempSync(path.join(tmpdir(), 'longshore-witness-'))
      const longshore = await startLongshore({ dockerSocket: engine.socket })
      try {
        await connectedInstance(longshore.client)
        await longshore.client.send(
          new RegisterTaskDefinitionCommand({
            family: 'witness',
            volumes: [{ name: 'witnesses', host: { sourcePath: witnesses } }],
            containerDefinitions: [
              {
                name: 'main',
                image,
                memory: 16,
                cpu: 1,
                stopTimeout: 2,
                command: ['sh', '-c', 'echo start >> /witnesses/$RUN; trap "exit 0" TERM; while :; do sleep 0.2; done'],
                mountPoints: [{ sourceVolume: 'witnesses', containerPath: '/witnesses' }],
              },
            ],
          }),
        )
        const run = new CrashRun(seed, engine, longshore)
        await run.run()
        const tasks = await converged(longshore, run)

        const context = `seed ${seed}, killed: ${run.kills.join(' ')}`
        const stoppedArns = [...run.acknowledged.stopped].map((number) => run.acknowledged.started.get(number))
        const told = tasks.filter(({ taskArn }) => stoppedArns.includes(taskArn))
        expect(new Set(told.map(({ desiredStatus }) => desiredStatus)), context).toEqual(
          new Set(told.length > 0 ? ['STOPPED'] : []),
        )
        for (const witness of readdirSync(witnesses)) {
          const starts = readFileSync(path.join(witnesses, witness), 'utf8').trim().split('\n')
          expect(starts.length, `run ${witness} started ${starts.length} times; ${context}`).toBe(1)
        }
        const expected = tasks
          .filter(({ lastStatus }) => lastStatus === 'RUNNING')
          .map(({ containers }) => containers?.[0]?.runtimeId ?? 'none')
        const running = await engine.runningContainers()
        expect(running.toSorted(), context).toEqual(expected.toSorted())

        for (const arn of run.acknowledged.started.values())
          await longshore.client.send(new StopTaskCommand({ task: arn }))
        await until(
          'everything to stop',
          async () => (await engine.runningContainers()).length === 0,
          CONVERGE_TIMEOUT_MS,
        )
      } finally {
        await longshore.stop()
        rmSync(witnesses, { recursive: true })
      }
    })
  }
})
