/**
 * `npm run simulate`: many seeds, each a run of the simulation (`test/simulation/`), spread over worker threads. A line per seed, a table of
 * what was found, and for each failure the command that repeats it. Exit code 1 if there was one.
 *
 *   --seeds N         how many (20)             --first-seed S    the first (1)
 *   --minutes M       simulated, per seed (60)  --agents A        hosts, instead of as many as the seed says
 *   --workers W       threads (all processors)  --trace           print everything that happens; for one seed
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { simulate, type SimulationResult } from '../test/simulation/simulation.ts'

interface Order {
  readonly seed: number
  readonly minutes: number
  readonly hosts: number | undefined
}

type Answer = SimulationResult & { readonly elapsedMs: number }

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    'first-seed': { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    agents: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    trace: { type: 'boolean', default: false },
  },
})

const run = async (order: Order, onTrace?: (line: string) => void): Promise<Answer> => {
  const begunAt = performance.now()
  const result = await simulate({ ...order, ...(onTrace === undefined ? {} : { onTrace }) })
  return { ...result, elapsedMs: performance.now() - begunAt }
}

/** What a worker thread does. */
const serve = (): void => {
  parentPort?.on('message', (order: Order) => void run(order).then((answer) => parentPort?.postMessage(answer)))
}

const orders = (): Order[] => {
  const [first, count, minutes] = [values['first-seed'], values.seeds, values.minutes].map(Number) as [
    number,
    number,
    number,
  ]
  const hosts = values.agents === undefined ? undefined : Number(values.agents)
  return Array.from({ length: count }, (_, index) => ({ seed: first + index, minutes, hosts }))
}

const runAll = async (waiting: Order[]): Promise<Answer[]> => {
  if (values.trace) return [await run(waiting[0]!, (line) => console.log(line))]
  const answers: Answer[] = []
  const workers = Array.from({ length: Math.min(Number(values.workers), waiting.length) }, () => work(waiting, answers))
  await Promise.all(workers)
  return answers.toSorted((one, other) => one.seed - other.seed)
}

/** The longest seeds take a minute. */
const HANGS_MS = 900_000

/** One thread, until nothing waits any more. */
const work = (waiting: Order[], answers: Answer[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.filename, { argv: process.argv.slice(2) })
    const next = (): void => {
      const order = waiting.shift()
      if (order === undefined) void worker.terminate().then(() => resolve())
      else {
        worker.postMessage(order)
        watchdog = setTimeout(() => hangs(order), HANGS_MS)
      }
    }
    let watchdog: NodeJS.Timeout | undefined
    const hangs = ({ seed }: Order): void => {
      reject(new Error(`seed ${seed} hangs: npm run simulate -- --first-seed ${seed} --seeds 1 --trace`))
    }
    worker.on('message', (answer: Answer) => {
      clearTimeout(watchdog)
      answers.push(answer)
      console.log(line(answer))
      next()
    })
    worker.on('error', reject)
    next()
  })

const line = (answer: Answer): string => {
  const { seed, hosts, steps, calls, faults, services, restMs, digest, breaches, elapsedMs } = answer
  const facts = `${hosts} hosts, ${steps} steps, ${calls} calls, ${faults} faults, ${services} services`
  const end = breaches.length > 0 ? 'FAILED' : `at rest after ${restMs / 1000} s`
  return `seed ${seed}: ${facts}; ${end} (${(elapsedMs / 1000).toFixed(1)} s, ${digest.slice(0, 12)})`
}

const BREACHES_SHOWN = 10

const failure = ({ seed, breaches, trace }: Answer): string => {
  const agents = values.agents === undefined ? '' : ` --agents ${values.agents}`
  return [
    `\nseed ${seed}:`,
    ...trace.map((what) => `  ${what}`),
    ...breaches.slice(0, BREACHES_SHOWN).map((breach) => `  BROKEN ${breach}`),
    ...(breaches.length > BREACHES_SHOWN ? [`  and ${breaches.length - BREACHES_SHOWN} more`] : []),
    `  again: npm run simulate -- --first-seed ${seed} --seeds 1 --minutes ${values.minutes}${agents} --trace`,
  ].join('\n')
}

/** Breaches by the invariant that found them. */
const summary = (answers: readonly Answer[]): string => {
  const failed = answers.filter(({ breaches }) => breaches.length > 0)
  const names = failed.map(({ breaches }) => breaches[0]?.split(':', 1)[0] ?? '')
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => `  ${name}: ${all.length} seeds`)
  const simulated = `${answers.length} seeds of ${values.minutes} simulated minutes`
  return [`\n${simulated}: ${answers.length - failed.length} passed, ${failed.length} failed`, ...counts].join('\n')
}

const main = async (): Promise<void> => {
  const answers = await runAll(orders())
  const failed = answers.filter(({ breaches }) => breaches.length > 0)
  for (const answer of failed) console.log(failure(answer))
  console.log(summary(answers))
  process.exitCode = failed.length > 0 ? 1 : 0
}

if (isMainThread) await main()
else serve()
