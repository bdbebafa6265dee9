/** `longshore logs SERVICE|TASK [CONTAINER]`: what containers write, of all tasks together, and on as they write it. */
import { CloudWatchLogsClient, CloudWatchLogsServiceException } from '@aws-sdk/client-cloudwatch-logs'
import { ECSClient, ECSServiceException, type Task } from '@aws-sdk/client-ecs'
import { SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values, wholeNumber } from '../kit/command.ts'
import { parseTimestamp } from '../kit/timestamps.ts'
import { clientSettings } from './clients.ts'
import { describeTasks, findTasks, type FoundTasks, serviceTasks, stoppedServiceTasks } from './find-tasks.ts'
import { Follower } from './logs/follow.ts'
import { mergedLines } from './logs/merge.ts'
import { Printer } from './logs/printer.ts'
import { LogSources } from './logs/sources.ts'
import { type LogLine, openReader, type ReaderOptions, type StreamReader } from './logs/stream-reader.ts'
import { dataDirOption, requireNote } from './options.ts'

const options = {
  ...dataDirOption,
  cluster: { type: 'string', valueName: 'NAME', description: 'the cluster, if not that of `up`' },
  follow: { type: 'boolean', short: 'f', description: 'go on as lines are written, until Ctrl-C' },
  since: {
    type: 'string',
    valueName: 'TIME',
    description: 'only lines of the last e.g. 10m, 12h or 7d, or since a time',
  },
  tail: { type: 'string', valueName: 'COUNT', description: 'only the last lines of those that there are' },
  filter: {
    type: 'string',
    valueName: 'PATTERN',
    description: "only lines that match CloudWatch Logs' filter pattern",
  },
  timestamps: { type: 'boolean', description: 'show when each line was written' },
  json: { type: 'boolean', description: 'print the lines as JSON, one object each' },
  'no-color': { type: 'boolean', description: 'no colours, also in a terminal' },
} as const

type LogsValues = Values<typeof options>

const USAGE = 'longshore logs SERVICE|TASK [CONTAINER]'
const MOST = 1_000_000

export const logsCommand = command({
  name: 'logs',
  summary: 'show what containers write, and follow it',
  operands: 'SERVICE|TASK [CONTAINER]',
  details:
    'A task is given by its id, or the beginning or the end of it. Shown are containers with the log driver awslogs; of a service, all of its tasks, those too that\nstopped a short while ago. Times are UTC.',
  options,
  run: async (values, operands) => {
    const [word, container, ...rest] = operands
    if (word === undefined) throw new UserError(`Whose logs? ${USAGE}`)
    if (rest[0] !== undefined) throw new UserError(`"${rest[0]}" is one word too many: ${USAGE}`)
    const show = new Show(values, container)
    try {
      await show.run(word)
      return 0
    } catch (error) {
      throw complaint(error)
    } finally {
      show.end()
    }
  },
})

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const sinceOf = (since: string | undefined, now: number): number | undefined => {
  if (since === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(since) ?? []
  const time = count === undefined ? parseTimestamp(since) : now - Number(count) * (UNIT_MS[unit] ?? 0)
  if (time !== undefined) return time
  throw new UserError(`--since is "${since}"; it must look like 30m, 12h or 7d, or like 2026-01-02T03:04:05Z.`)
}

/** What is read of each stream. */
type Reading = Pick<ReaderOptions, 'since' | 'tail' | 'pattern'>

/** One run of the command. */
class Show {
  readonly #clock = new SystemClock()
  readonly #ending = new AbortController()
  readonly #ecs: ECSClient
  readonly #settings: ReturnType<typeof clientSettings>
  readonly #cluster: string
  readonly #container: string | undefined
  readonly #isFollowing: boolean
  readonly #reading: Reading
  readonly #printer: Printer
  readonly #sources: LogSources
  /** By region. */
  readonly #logs = new Map<string, CloudWatchLogsClient>()
  readonly #noted = new Set<string>()

  constructor(values: LogsValues, container: string | undefined) {
    const since = sinceOf(values.since, this.#clock.now())
    const tail = values.tail === undefined ? undefined : wholeNumber('tail', values.tail, 0, MOST)
    const { filter: pattern } = values
    this.#reading = {
      ...(since !== undefined && { since }),
      ...(tail !== undefined && { tail }),
      ...(pattern !== undefined && { pattern }),
    }
    const note = requireNote(values['data-dir'])
    this.#settings = clientSettings(values['data-dir'], note)
    this.#ecs = new ECSClient(this.#settings)
    this.#cluster = values.cluster ?? note.cluster
    this.#container = container
    this.#isFollowing = values.follow
    const hasColours = process.stdout.isTTY && !values['no-color'] && !process.env['NO_COLOR']
    this.#printer = new Printer({ hasTimestamps: values.timestamps, isJson: values.json, hasColours })
    this.#sources = new LogSources(this.#ecs, note.region)
    this.#listen()
  }

  async run(word: string): Promise<void> {
    const found = await findTasks(this.#ecs, this.#cluster, word)
    const tasks = [...(await this.#stoppedOf(found)), ...found.tasks]
    this.#check(found, tasks)
    const readers = new Map<Task, readonly StreamReader[]>()
    for (const task of tasks) readers.set(task, await this.#readersOf(task, this.#reading))
    const all = [...readers.values()].flat()
    await this.#printNow(all)
    if (!this.#isFollowing || this.#ending.signal.aborted) return
    if (found.kind === 'task' && all.length === 0) return
    await this.#follow(found, readers)
  }

  end(): void {
    this.#ending.abort()
    this.#ecs.destroy()
    for (const client of this.#logs.values()) client.destroy()
  }

  /** Ctrl-C, and who reads going away, are ends like any other. */
  #listen(): void {
    const end = (): void => this.#ending.abort()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
    process.stdout.on('error', end)
  }

  #stoppedOf({ kind, name }: FoundTasks): Promise<readonly Task[]> {
    return kind === 'service' ? stoppedServiceTasks(this.#ecs, this.#cluster, name) : Promise.resolve([])
  }

  #check({ kind, name }: FoundTasks, tasks: readonly Task[]): void {
    if (tasks.length === 0 && !this.#isFollowing) throw new UserError(`The service ${name} has had no tasks lately.`)
    const wanted = this.#container
    if (wanted === undefined || tasks.length === 0) return
    const names = new Set(tasks.flatMap(({ containers = [] }) => containers.map((one) => one.name ?? '')))
    if (names.has(wanted)) return
    throw new UserError(`The ${kind} ${name} has no container "${wanted}". It has ${[...names].join(', ')}.`)
  }

  async #readersOf(task: Task, reading: Reading): Promise<readonly StreamReader[]> {
    const { sources, notes } = await this.#sources.of(task, this.#container)
    for (const sentence of notes) this.#note(sentence)
    this.#printer.expect(sources)
    return sources.map((source) =>
      openReader({ logs: this.#logsIn(source.region), now: () => this.#clock.now(), source, ...reading }),
    )
  }

  #logsIn(region: string): CloudWatchLogsClient {
    const client = this.#logs.get(region) ?? new CloudWatchLogsClient({ ...this.#settings, region })
    this.#logs.set(region, client)
    return client
  }

  async #printNow(readers: readonly StreamReader[]): Promise<void> {
    const { tail } = this.#reading
    if (tail !== undefined) return this.#print(await lastOf(readers, tail))
    for await (const line of mergedLines(readers)) {
      if (this.#ending.signal.aborted) return
      await this.#print([line])
    }
  }

  #follow({ kind, name }: FoundTasks, readers: ReadonlyMap<Task, readonly StreamReader[]>): Promise<void> {
    const arns = [...readers.keys()].flatMap(({ taskArn }) => taskArn ?? [])
    const follower = new Follower({
      clock: this.#clock,
      tasks: () =>
        kind === 'service'
          ? serviceTasks(this.#ecs, this.#cluster, name)
          : describeTasks(this.#ecs, this.#cluster, arns),
      // What began after this was called is shown from its beginning.
      readersOf: (task) => this.#readersOf(task, withoutTail(this.#reading)),
      print: (lines) => this.#print(lines),
      note: (sentence) => process.stderr.write(`${sentence}\n`),
      endsWithTasks: kind === 'task',
      signal: this.#ending.signal,
    })
    for (const [task, its] of readers) if (task.lastStatus !== 'STOPPED' || kind === 'task') follower.add(task, its)
    return follower.run()
  }

  async #print(lines: readonly LogLine[]): Promise<void> {
    const text = lines.map((line) => this.#printer.text(line)).join('')
    if (text === '' || process.stdout.write(text) || this.#ending.signal.aborted) return
    await new Promise<void>((resolve) => {
      process.stdout.once('drain', resolve)
      this.#ending.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Each once. */
  #note(sentence: string): void {
    if (this.#noted.has(sentence)) return
    this.#noted.add(sentence)
    process.stderr.write(`${sentence}\n`)
  }
}

const withoutTail = ({ tail: _tail, ...reading }: Reading): Reading => reading

/** Of all together. */
const lastOf = async (readers: readonly StreamReader[], count: number): Promise<readonly LogLine[]> => {
  const pages = await Promise.all(readers.map((reader) => reader.next()))
  const lines = pages.flat().toSorted((a, b) => a.timestamp - b.timestamp)
  return lines.slice(Math.max(0, lines.length - count))
}

const complaint = (error: unknown): unknown =>
  error instanceof ECSServiceException || error instanceof CloudWatchLogsServiceException
    ? new UserError(error.message || error.name, { cause: error })
    : error
