/**
 * A balancer with 1,000 target groups, 10,000 targets and 5,000 rules: how long its configuration and a reload take against HAProxy reading
 * the same files, its memory, what one target more costs against a balancer with a hundredth of that, and what it takes while nothing changes.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { renderConfiguration } from '../src/loadbalancer/configuration/render.ts'
import { PROGRAMS, someSettings, versionOf, writeConfiguration } from '../test/e2e/loadbalancer/haproxy-under-test.ts'
import { until } from '../test/e2e/longshore.ts'
import { type Answer, comparePairs, compareToLimit, millisecondsOf } from './lib/compare.ts'
import { aLargeTable, CHECK_EVERY_SECONDS, type LargeRouting, rulesOf, targetsOf } from './lib/large-routing.ts'
import { startPlainProxy, startTarget } from './lib/proxies.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const BYTES_PER_MB = 1e6
const PATIENCE_MS = 180_000
/** A whole round of checks: they come in bursts. */
const IDLE_SECONDS = CHECK_EVERY_SECONDS
const program = PROGRAMS[0] ?? 'haproxy'
const target = await startTarget('0.0.0.0')
const large: LargeRouting = { loadBalancers: 50, groups: 1000, port: target.port }
const small: LargeRouting = { loadBalancers: 1, groups: 10, port: target.port }
const sizeText = `${large.groups} target groups, ${targetsOf(large)} targets, ${rulesOf(large)} rules`

/** A balancer that serves a table of that size. */
class RunningServing {
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #directory: string

  constructor(size: LargeRouting) {
    this.#directory = mkdtempSync(path.join(scratchDirectory(), 'serving-'))
    const file = path.join(import.meta.dirname, 'lib', 'serving-server.ts')
    const args = [file, this.#directory, program, size.loadBalancers, size.groups, size.port].map(String)
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface(this.#child.stdout!)
  }

  /** Serves, and has found all targets healthy. */
  async ready(targets: number): Promise<this> {
    await once(this.#lines, 'line')
    const areHealthy = async () => (await this.ask<{ targets: number }>('healthy')).targets >= targets
    await until('targets to be healthy', areHealthy, PATIENCE_MS)
    return this
  }

  async ask<Told extends object>(word: string): Promise<Told> {
    this.#child.stdin?.write(`${word}\n`)
    const [line] = (await once(this.#lines, 'line')) as [string]
    return JSON.parse(line) as Told
  }

  get processId(): number {
    return this.#child.pid ?? 0
  }

  /** Of HAProxy's worker that was started last. */
  get worker(): number {
    const master = readFileSync(path.join(this.#directory, 'haproxy', 'haproxy.pid'), 'utf8').trim()
    return Math.max(...execFileSync('pgrep', ['-P', master], { encoding: 'utf8' }).trim().split('\n').map(Number))
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end()
    await once(this.#child, 'exit')
  }
}

const residentMB = (processId: number): number => {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8')
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / BYTES_PER_MB
}

/** Of all its threads; the kernel counts hundredths of seconds. */
const processorMs = (processId: number): number => {
  const [user = 0, system = 0] = readFileSync(`/proc/${processId}/stat`, 'utf8')
    .split(') ')[1]!
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user + system) * 10
}

const check = (file: string): Promise<number> =>
  millisecondsOf(() => execFileSync(program, ['-c', '-q', '-f', file], { stdio: 'ignore' }))

const table = aLargeTable(large)
const directory = scratchDirectory()
const settings = someSettings(directory, { version: versionOf(program) })
const render = () => writeConfiguration(renderConfiguration(table, settings), directory)
const file = render()

const configuration = (): Promise<Answer> =>
  comparePairs({
    question: `${sizeText}: the configuration made and written`,
    unit: 'ms',
    ours: () => millisecondsOf(render),
    rival: () => check(file),
    rivalName: 'haproxy -c of it',
    goal: { atMost: 1 },
    pairs: 5,
  })

interface Change {
  readonly elapsedMs: number
  readonly processorMs: number
}

/** It is made, written, checked and read again by HAProxy. */
const reload = (serving: RunningServing): Promise<Answer> =>
  comparePairs({
    question: 'a rule changed, to being served by a new worker',
    unit: 'ms',
    ours: async () => (await serving.ask<Change>('rule')).elapsedMs,
    rival: () => check(file),
    rivalName: 'haproxy -c of it',
    goal: { atMost: 4 },
    pairs: 3,
  })

/** Both measured in the same moments. */
const oneTarget = async (serving: RunningServing, few: RunningServing): Promise<Answer[]> => {
  const member = (question: string, unit: string, name: keyof Change, atMost: number): Promise<Answer> =>
    comparePairs({
      question,
      unit,
      ours: async () => (await serving.ask<Change>('target'))[name],
      rival: async () => (await few.ask<Change>('target'))[name],
      rivalName: `with ${targetsOf(small)} targets and ${rulesOf(small)} rules`,
      goal: { atMost },
      pairs: 15,
      warmUps: 5,
    })
  return [
    await member('one target more, to being told to HAProxy', 'ms', 'elapsedMs', 3),
    await member('processor time of the balancer for it', 'ms', 'processorMs', 3),
  ]
}

/** Without a target that waits for its turn: HAProxy by itself would spread first checks over an interval. */
const start = (readyMs: number): Promise<Answer> =>
  compareToLimit({
    question: 'from nothing to all targets served and found healthy',
    unit: 'ms',
    measure: () => readyMs,
    limit: CHECK_EVERY_SECONDS * 1000,
    limitName: 'from one health check to the next',
    goal: { atMost: 0.5 },
    samples: 1,
  })

const memory = async (serving: RunningServing): Promise<Answer[]> => {
  const empty = await startPlainProxy({ program, threads: 1, targetPorts: [target.port] })
  const emptyMB = residentMB(empty.processId)
  await empty.stop()
  const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])
  await sleep(2000)
  const nodeMB = residentMB(node.pid ?? 0)
  node.kill()
  const common = { unit: 'MB', samples: 1 }
  return [
    await compareToLimit({
      ...common,
      question: "memory of HAProxy's worker",
      measure: () => residentMB(serving.worker),
      limit: emptyMB,
      limitName: 'HAProxy with one server',
      goal: { atMost: 30 },
    }),
    await compareToLimit({
      ...common,
      question: 'memory of the balancer',
      measure: () => residentMB(serving.processId),
      limit: nodeMB,
      limitName: 'empty Node process',
      goal: { atMost: 10 },
    }),
  ]
}

const perSecond = async (processId: number): Promise<number> => {
  const before = processorMs(processId)
  await sleep(IDLE_SECONDS * 1000)
  return (processorMs(processId) - before) / IDLE_SECONDS
}

const idle = (serving: RunningServing): Promise<Answer> => {
  // Both of the same seconds.
  let ofHaproxy: Promise<number> = Promise.resolve(0)
  return comparePairs({
    question: 'processor time of the balancer in a second in which nothing changes',
    unit: 'ms',
    ours: () => {
      ofHaproxy = perSecond(serving.worker)
      return perSecond(serving.processId)
    },
    rival: () => ofHaproxy,
    rivalName: "HAProxy's, which checks all targets",
    goal: { atMost: 1 },
    pairs: 1,
    warmUps: 0,
  })
}

const serving = new RunningServing(large)
const few = new RunningServing(small)
try {
  const [readyMs] = await Promise.all([
    millisecondsOf(() => serving.ready(targetsOf(large))),
    few.ready(targetsOf(small)),
  ])
  report([
    await start(readyMs),
    await configuration(),
    ...(await oneTarget(serving, few)),
    await idle(serving),
    await reload(serving),
    ...(await memory(serving)),
  ])
} finally {
  await serving.stop()
  await few.stop()
  await target.stop()
}
