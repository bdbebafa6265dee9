/**
 * One running Longshore as its data directory tells it: where each part keeps its files, and the note that `up`, or a `server`
 * on its own, leaves for `down`, `status` and `env`.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { UserError } from './command.ts'

export interface RunningNote {
  /** Process id of `up`, or of a `server` on its own. */
  readonly processId: number
  /** The kernel's start time of that process, in clock ticks since boot: a process id alone may have been given to another. */
  readonly processStart: string
  readonly endpoint: string
  /** Where agents on other machines reach it. */
  readonly agentEndpoint?: string
  readonly account: string
  readonly region: string
  readonly cluster: string
  /** `docker`, `simulated`, or `none` where no agent was started. */
  readonly runtime: string
  readonly isDev: boolean
  /** The certificate of the installation's own authority, where it signed the server's. */
  readonly authorityFile?: string
  readonly startedAt: string
  readonly version: string
}

/** `/var/lib/longshore` for root, else under the user's home. */
export const defaultDataDir = (env: NodeJS.ProcessEnv = process.env): string => {
  if (process.getuid?.() === 0) return '/var/lib/longshore'
  return path.join(env['XDG_DATA_HOME'] ?? path.join(homedir(), '.local', 'share'), 'longshore')
}

export const serverDir = (dataDir: string): string => path.join(dataDir, 'server')
export const agentDir = (dataDir: string): string => path.join(dataDir, 'agent')
/** Holds what the balancer of `up` serves. */
export const balancerDir = (dataDir: string): string => path.join(dataDir, 'balancer')
/** Holds what was called, by whom. */
export const auditDir = (dataDir: string): string => path.join(dataDir, 'audit')
/** Holds the events of log streams. */
export const logEventsDir = (dataDir: string): string => path.join(dataDir, 'logs')
/** Holds manifests and layers of images. */
export const registryDir = (dataDir: string): string => path.join(dataDir, 'registry')
/** Holds metrics. */
export const metricsDir = (dataDir: string): string => path.join(dataDir, 'metrics')
/** Whether a server has been there. */
export const hasServerDir = (dataDir: string): boolean => existsSync(serverDir(dataDir))
export const logFile = (dataDir: string): string => path.join(dataDir, 'longshore.log')
/** Holds the root user's access key, readable by its owner alone. */
const rootKeyFile = (dataDir: string): string => path.join(serverDir(dataDir), 'root-access-key.json')

const noteFile = (dataDir: string): string => path.join(dataDir, 'running.json')

export const writeNote = (dataDir: string, note: RunningNote): void => writePrivate(noteFile(dataDir), note)

/** Takes this process's own note away; another's stays. */
export const removeNote = (dataDir: string): void => {
  if (readNote(dataDir)?.processId === process.pid) rmSync(noteFile(dataDir), { force: true })
}

/** The note of a Longshore that runs now; undefined if none does, whatever an earlier one left behind. */
export const readNote = (dataDir: string): RunningNote | undefined => {
  const note = readPrivate<RunningNote>(noteFile(dataDir))
  return note !== undefined && processStart(note.processId) === note.processStart ? note : undefined
}

/** Start time of a live process, undefined if there is none. Source: proc(5), field 22 of /proc/PID/stat. */
export const processStart = (processId: number): string | undefined => {
  const stat = readFileIfPresent(`/proc/${processId}/stat`)
  if (stat === undefined) return undefined
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return afterName[0] === 'Z' ? undefined : afterName[19]
}

export interface RootAccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export const readRootKey = (dataDir: string): RootAccessKey | undefined =>
  readPrivate<RootAccessKey>(rootKeyFile(dataDir))

export const writeRootKey = (dataDir: string, key: RootAccessKey): void => writePrivate(rootKeyFile(dataDir), key)

export const writePrivate = (file: string, content: object): void =>
  writePrivateText(file, `${JSON.stringify(content, null, 2)}\n`)

/** For the owner alone, and whole or not at all, whatever happens: a disk may be full, and the power may go. */
export const writePrivateText = (file: string, text: string): void => {
  const directory = path.dirname(file)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, text, { mode: 0o600, flush: true })
    renameSync(draft, file)
    flushDirectory(directory)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

/** Makes durable which files there are. */
const flushDirectory = (directory: string): void => {
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** JSON that is for its owner alone; undefined if there is no such file. What a power cut has torn counts as missing: the next start writes it again. */
export const readPrivate = <T>(file: string): T | undefined => {
  const text = readFileIfPresent(file)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as T
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** ENOTDIR: a part of the path is a file. ESRCH: the process of a /proc entry has just ended. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ESRCH'])

export const readFileIfPresent = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (ABSENT.has(code ?? '')) return undefined
    throw new UserError(`Cannot read ${file} (${message}).`, { cause: error })
  }
}
