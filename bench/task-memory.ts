/**
 * What a task costs in memory: a million tasks of one container each, started and reported RUNNING, in the store with all its indexes.
 * Once as they come into being, once as they are loaded after a restart. Each in a process of its own.
 */
import { SystemIds } from '../src/kit/ids.ts'
import type { Journal } from '../src/store/journal/journal.ts'
import { Store } from '../src/store/store.ts'
import { numberFrom } from './lib/child.ts'
import { compareToLimit } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { sampleTasks } from './lib/sample-tasks.ts'

const TASKS = 1_000_000
const BATCH = 1000
const LIMIT_BYTES = 1024

const ids = new SystemIds()
const samples = sampleTasks(TASKS, ids)
const forgetting: Journal = { load: () => {}, append: () => {}, close: () => {} }

const heapBytes = (): number => {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('needs --expose-gc')
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

const liveStore = async (): Promise<Store> => {
  const store = await Store.open(forgetting, () => {})
  for (let first = 0; first < TASKS; first += BATCH) {
    const started = await store.transact((tx) =>
      Array.from({ length: BATCH }, (_, offset) => tx.tasks.insert(samples.start(first + offset))),
    )
    await store.transact((tx) => started.forEach((task, offset) => tx.tasks.put(samples.run(task, first + offset))))
  }
  return store
}

const loadedStore = (): Promise<Store> =>
  Store.open(
    {
      ...forgetting,
      load: (visit) => {
        for (let number = 0; number < TASKS; number++) {
          const task = samples.run(samples.start(number), number)
          visit('tasks', task.taskId, JSON.stringify(task))
        }
      },
    },
    () => {},
  )

const bytesPerTask = async (fill: () => Promise<Store>): Promise<number> => {
  const before = heapBytes()
  const store = await fill()
  await new Promise((resolve) => setImmediate(resolve))
  const after = heapBytes()
  if (store.tables.tasks.size !== TASKS) throw new Error(`the store holds ${store.tables.tasks.size} tasks`)
  return (after - before) / TASKS
}

const measured = process.argv[2]
if (measured === 'live' || measured === 'loaded') {
  console.log(await bytesPerTask(measured === 'live' ? liveStore : loadedStore))
} else {
  const measure = (how: string) => () =>
    numberFrom(import.meta.filename, [how], ['--expose-gc', '--max-old-space-size=6144'])
  const limit = { unit: 'bytes', limit: LIMIT_BYTES, limitName: 'limit', goal: { atMost: 1 }, samples: 3 }
  report([
    await compareToLimit({
      ...limit,
      question: 'memory per task at 1,000,000 tasks, as they start and run',
      measure: measure('live'),
    }),
    await compareToLimit({
      ...limit,
      question: 'memory per task at 1,000,000 tasks, loaded after a restart',
      measure: measure('loaded'),
    }),
  ])
}
