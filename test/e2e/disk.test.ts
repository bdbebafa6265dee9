/**
 * The disk under the data directory fills up, turns read-only or fails while calls run. Each call hears a clear fault or finds nobody
 * listening, `up` goes on trying, and when the disk is well again everything that was acknowledged is there, and nothing that was
 * refused.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeTasksCommand,
  type ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from './busybox-image.ts'
import { idsOfTask, look, reached, removeContainersOf, runSleeper } from './command/containers.ts'
import { connectedInstance, type LongshoreOptions, type RunningLongshore, startLongshore, until } from './longshore.ts'
import { aFailingDisk, aMemoryDisk, type SmallDisk } from './small-disk.ts'

const KIBIBYTES = 2048
const REFUSALS = 20
const PAUSE_MS = 25
const CONVERGE_TIMEOUT_MS = 120_000
/** Makes each task definition large, so that a small disk is full soon. */
const BALLAST = 'x'.repeat(4000)

let directory: string
let disk: SmallDisk | undefined
let longshore: RunningLongshore | undefined
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'longshore-disk-test-'))
})
afterEach(async () => {
  await longshore?.stop({ keepData: true })
  disk?.unmount()
  ;[longshore, disk] = [undefined, undefined]
  rmSync(directory, { recursive: true })
})

const on = <D extends SmallDisk>(mounted: D): D => {
  disk = mounted
  return mounted
}

const start = async (options: LongshoreOptions): Promise<RunningLongshore> => {
  longshore = await startLongshore(options)
  await connectedInstance(longshore.client)
  return longshore
}

/** What calls were told. */
class Calls {
  readonly #client: ECSClient
  readonly #definitions: string[] = []
  readonly #tasks: string[] = []
  readonly #refused: string[] = []
  readonly #answers = new Map<string, number>()
  #count = 0

  constructor({ client }: RunningLongshore) {
    this.#client = client
  }

  /** What the refused calls heard, without repetition: an exception with its status, or a connection's error. */
  get refusals(): string[] {
    return [...this.#answers.keys()].toSorted()
  }

  get keptCount(): number {
    return this.#definitions.length
  }

  /** Registers a task definition and runs it. Resolves with whether both were acknowledged. */
  async next(): Promise<boolean> {
    const family = `family-${this.#count++}`
    try {
      await this.#client.send(
        new RegisterTaskDefinitionCommand({
          family,
          containerDefinitions: [
            { name: 'main', image: 'any', memory: 8, environment: [{ name: 'BALLAST', value: BALLAST }] },
          ],
        }),
      )
      this.#definitions.push(family)
      const { tasks = [] } = await this.#client.send(new RunTaskCommand({ taskDefinition: family }))
      this.#tasks.push(...tasks.map(({ taskArn = '' }) => taskArn))
      return true
    } catch (error) {
      this.#note(family, error as Refusal)
      return false
    }
  }

  #note(family: string, { name, code, message, $metadata }: Refusal): void {
    const status = $metadata?.httpStatusCode
    const answer = status === undefined ? (code ?? message) : `${status} ${name}: ${message}`
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1)
    if (status === 503 && !this.#definitions.includes(family)) this.#refused.push(family)
  }

  /** What was acknowledged and is not there, and what was refused and is there. */
  async broken(): Promise<string[]> {
    const families = new Set(await this.#familiesKnown())
    const tasks = new Set(await this.#tasksKnown())
    return [
      ...this.#definitions.filter((family) => !families.has(family)),
      ...this.#refused.filter((family) => families.has(family)),
      ...this.#tasks.filter((arn) => !tasks.has(arn)),
    ]
  }

  async #familiesKnown(): Promise<string[]> {
    const families: string[] = []
    for (let nextToken: string | undefined, isFirst = true; isFirst || nextToken !== undefined; isFirst = false) {
      const page = await this.#client.send(new ListTaskDefinitionsCommand({ nextToken }))
      families.push(...(page.taskDefinitionArns ?? []).map((arn) => /\/(.*):\d+$/.exec(arn)?.[1] ?? arn))
      nextToken = page.nextToken
    }
    return families
  }

  async #tasksKnown(): Promise<string[]> {
    const known: string[] = []
    for (let first = 0; first < this.#tasks.length; first += 100) {
      const command = new DescribeTasksCommand({ tasks: this.#tasks.slice(first, first + 100) })
      known.push(...((await this.#client.send(command)).tasks ?? []).map(({ taskArn = '' }) => taskArn))
    }
    return known
  }
}

interface Refusal extends Error {
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const NOBODY_LISTENS = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE']

/** Calls until so many were refused in a row, over some time. */
const callUntilRefused = async (calls: Calls): Promise<void> => {
  for (let refusals = 0; refusals < REFUSALS;) {
    refusals = (await calls.next()) ? 0 : refusals + 1
    if (refusals > 0) await sleep(PAUSE_MS)
  }
}

const callUntilAccepted = (calls: Calls): Promise<unknown> =>
  until('a call to be accepted again', () => calls.next(), CONVERGE_TIMEOUT_MS)

describe('the disk of the server', () => {
  it('is full: calls are refused until there is space, and none that was acknowledged is lost', async () => {
    const small = on(aMemoryDisk(directory, KIBIBYTES))
    const up = await start({ runtime: 'simulated', dataDir: path.join(directory, 'data') })
    const calls = new Calls(up)
    await callUntilRefused(calls)
    const kept = calls.keptCount
    const sentence = `The disk of the data directory ${directory}/data/server is full: free some space and start again; nothing acknowledged is lost.`
    const fault = `503 ServerException: The state cannot be written, so the call was not done. ${sentence}`
    expect([...NOBODY_LISTENS, fault]).toEqual(expect.arrayContaining(calls.refusals))
    expect(calls.refusals).toContain(fault)
    await until('a sentence', () => up.output().includes(`\nlongshore: ${sentence}\n`))

    small.resize(KIBIBYTES * 10)
    await callUntilAccepted(calls)
    expect(kept).toBeGreaterThan(10)
    expect(await calls.broken()).toEqual([])
    await connectedInstance(up.client)
    expect(await up.stop({ keepData: true })).toBe(0)
  })

  it('is full at the start: one sentence, exit code 1', async () => {
    const small = on(aMemoryDisk(directory, KIBIBYTES))
    small.fill()
    await expect(start({ runtime: 'simulated', dataDir: path.join(directory, 'data') })).rejects.toThrow(
      /ended with 1: longshore: The disk of the data directory .* is full/,
    )
  })

  it('is read-only: `up` waits until it can be written again', async () => {
    const small = on(aMemoryDisk(directory, KIBIBYTES))
    const up = await start({ runtime: 'simulated', dataDir: path.join(directory, 'data') })
    const instance = await connectedInstance(up.client)
    const calls = new Calls(up)
    for (let call = 0; call < 5; call++) await calls.next()
    await until('the disk to be read-only', () => {
      up.kill('server')
      small.makeReadOnly()
      return true
    })
    await callUntilRefused(calls)
    expect(NOBODY_LISTENS).toEqual(expect.arrayContaining(calls.refusals))
    await until('a sentence', () =>
      /\nlongshore: The data directory \S+ cannot be written \(.*\): make it writable for this user and start again\.\n/.test(
        up.output(),
      ),
    )

    small.makeWritable()
    await callUntilAccepted(calls)
    expect(await calls.broken()).toEqual([])
    expect(await connectedInstance(up.client)).toBe(instance)
    expect(await up.stop({ keepData: true })).toBe(0)
  })

  it('fails under it: the kernel makes the file system read-only while calls run', async () => {
    const failing = on(aFailingDisk())
    const up = await start({ runtime: 'simulated', dataDir: path.join(failing.directory, 'data') })
    const instance = await connectedInstance(up.client)
    const calls = new Calls(up)
    for (let call = 0; call < 20; call++) await calls.next()
    failing.fail()
    await callUntilRefused(calls)
    const [fault = '', ...others] = calls.refusals.filter((answer) => !NOBODY_LISTENS.includes(answer))
    expect(others).toEqual([])
    expect(fault).toMatch(/^503 ServerException: The state cannot be written, so the call was not done\. The d/)

    await until('the disk to be mounted anew', () => {
      failing.repair()
      return true
    })
    await callUntilAccepted(calls)
    expect(await calls.broken()).toEqual([])
    expect(await connectedInstance(up.client)).toBe(instance)
    expect(await up.stop({ keepData: true })).toBe(0)
  })
})

describe('the disk of the agent', () => {
  it('is full: running tasks go on and stop, new ones wait, none is lost and none runs twice', async () => {
    const image = await buildBusyboxImage()
    const place = path.join(directory, 'agent')
    mkdirSync(place)
    const small = on(aMemoryDisk(place, KIBIBYTES))
    const up = await start({ dataDir: directory })
    const { client } = up
    const [stays, stops] = [await runSleeper(client, image), await runSleeper(client, image)]
    const before = look(stays.containers?.[0]?.runtimeId ?? '')
    small.fill()

    const { tasks: waiting = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'sleeper', count: 3 }))
    await client.send(new StopTaskCommand({ task: stops.taskArn }))
    await reached(client, stops.taskArn ?? '', 'STOPPED')
    await until('the agent to say so', () => up.output().includes('checkpoint cannot be written'))
    up.kill('agent')
    await until('the agent to register again', () => up.output().split('"message":"registered"').length >= 3)
    await connectedInstance(client)
    expect(waiting.flatMap(({ taskArn = '' }) => idsOfTask(taskArn))).toEqual([])
    expect(look(stays.containers?.[0]?.runtimeId ?? '')).toEqual(before)

    small.free()
    up.kill('agent')
    for (const { taskArn = '' } of waiting) await reached(client, taskArn, 'RUNNING')
    expect(waiting.map(({ taskArn = '' }) => idsOfTask(taskArn).length)).toEqual([1, 1, 1])
    expect(look(stays.containers?.[0]?.runtimeId ?? '')).toEqual(before)
    expect(look(stops.containers?.[0]?.runtimeId ?? '')?.isRunning).toBe(false)
    removeContainersOf([stays, stops, ...waiting])
    expect(await up.stop({ keepData: true })).toBe(0)
  })
})
