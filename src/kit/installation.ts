/**
 * One running Longshore as its data directory tells it: where each part keeps its files, and the note that `up` leaves for `down`,
 * `status` and `env`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

export interface RunningNote {
  /** Process id of `up`. */
  readonly processId: number
  /** The kernel's start time of that process, in clock ticks since boot: a process id alone may have been given to another. */
  readonly processStart: string
  readonly endpoint: string
  readonly account: string
  readonly region: string
  readonly cluster: string
  readonly runtime: string
  readonly isDev: boolean
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
export const logFile = (dataDir: string): string => path.join(dataDir, 'longshore.log')
/** Holds the root user's access key, readable by its owner alone. */
export const rootKeyFile = (dataDir: string): string => path.join(serverDir(dataDir), 'root-access-key.json')

const noteFile = (dataDir: string): string => path.join(dataDir, 'running.json')

export const writeNote = (dataDir: string, note: RunningNote): void => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  writeFileSync(noteFile(dataDir), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 })
}

export const removeNote = (dataDir: string): void => rmSync(noteFile(dataDir), { force: true })

/** The note of a Longshore that runs now; undefined if none does, whatever an earlier one left behind. */
export const readNote = (dataDir: string): RunningNote | undefined => {
  const text = readIfPresent(noteFile(dataDir))
  if (text === undefined) return undefined
  const note = JSON.parse(text) as RunningNote
  return processStart(note.processId) === note.processStart ? note : undefined
}

/** Start time of a live process, undefined if there is none. Source: proc(5), field 22 of /proc/PID/stat. */
export const processStart = (processId: number): string | undefined => {
  const stat = readIfPresent(`/proc/${processId}/stat`)
  if (stat === undefined) return undefined
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return afterName[0] === 'Z' ? undefined : afterName[19]
}

export interface RootAccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export const readRootKey = (dataDir: string): RootAccessKey | undefined => {
  const text = readIfPresent(rootKeyFile(dataDir))
  return text === undefined ? undefined : (JSON.parse(text) as RootAccessKey)
}

const readIfPresent = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return undefined
    throw error
  }
}
