/** What a Longshore that runs says of itself: one line for people, and the note in the data directory for the other commands. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { UserError } from '../kit/command.ts'
import { defaultDataDir, processStart, readNote, readRootKey, type RunningNote } from '../kit/installation.ts'
import { isoText } from '../kit/timestamps.ts'
import { version } from '../kit/version.ts'
import { explain } from '../store/journal/sqlite-errors.ts'

export interface NoteSource {
  readonly endpoint: string
  readonly account: string
  readonly region: string
  readonly cluster: string
  readonly runtime: string
  readonly dev: boolean
  readonly clock: Clock
  readonly authorityFile?: string | undefined
  readonly agentEndpoint?: string | undefined
}

export const noteOf = ({
  authorityFile,
  endpoint,
  agentEndpoint,
  account,
  region,
  cluster,
  runtime,
  dev,
  clock,
}: NoteSource): RunningNote => ({
  processId: process.pid,
  processStart: processStart(process.pid) ?? '',
  endpoint,
  ...(agentEndpoint && { agentEndpoint }),
  account,
  region,
  cluster,
  runtime,
  isDev: dev,
  ...(authorityFile && { authorityFile }),
  startedAt: isoText(clock.now()),
  version: version(),
})

/** Two on one data directory would fight over it; the second is told who is there. */
export const refuseIfRunning = (dataDir: string): void => {
  const note = readNote(dataDir)
  if (note === undefined) return
  throw new UserError(
    `The data directory ${dataDir} is in use by process ${note.processId}, which listens on ${note.endpoint}: stop that one or use another directory.`,
  )
}

/** An error of the file system or of SQLite as a sentence for the operator; any other as it is. */
export const dataDirError = (dataDir: string, error: unknown): unknown => {
  if (!(error instanceof Error) || !('syscall' in error || 'errcode' in error)) return error
  return new UserError(explain(error, { directory: dataDir, file: dataDir }).message, { cause: error })
}

/** Does something with files of the data directory. */
export const inDataDir = <T>(dataDir: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw dataDirError(dataDir, error)
  }
}

/**
 * What the first start says and no other: the root user's access key, where signatures are verified, and the authority to trust, where
 * there is one. The key is for eyes alone: what a process in the background prints is kept in a log.
 */
export const firstGreeting = ({ isDev, authorityFile }: RunningNote, dataDir: string, isSeen: boolean): string => {
  const key = isDev || !isSeen ? undefined : readRootKey(dataDir)
  const lines = [
    key && 'The root user may do everything. Its access key, shown this once and kept in the data directory:',
    key && `  AWS_ACCESS_KEY_ID=${key.accessKeyId}`,
    key && `  AWS_SECRET_ACCESS_KEY=${key.secretAccessKey}`,
    authorityFile && `Clients on other machines have to trust this certificate: ${authorityFile}`,
    authorityFile && `  SHA-256 ${new X509Certificate(readFileSync(authorityFile)).fingerprint256}`,
  ]
  return lines.flatMap((line) => (line ? `${line}\n` : [])).join('')
}

/** Whether no server has been there yet. */
export const isFirstStart = (dataDir: string): boolean => readRootKey(dataDir) === undefined

const RUNTIMES: Readonly<Record<string, string>> = { simulated: ', simulated containers', none: ', no agent' }

/** One line: what listens where, and what to type next. */
export const greeting = (note: RunningNote, dataDir: string): string =>
  `Longshore ${note.version} listens on ${note.endpoint} (account ${note.account}, region ${note.region}, cluster ${note.cluster}` +
  `${RUNTIMES[note.runtime] ?? ''}). Point AWS tools at it: eval "$(${ownCommand()} env${dataDirFlag(dataDir)})"\n`

/** What the shell finds this program under. */
const ownCommand = (env: NodeJS.ProcessEnv = process.env): string => {
  const command = env['LONGSHORE_COMMAND'] ?? 'longshore'
  const isInPath = (env['PATH'] ?? '').split(':').includes(path.dirname(command))
  return isInPath ? path.basename(command) : quoted(command)
}

const dataDirFlag = (dataDir: string): string =>
  dataDir === defaultDataDir() ? '' : ` --data-dir ${quoted(path.resolve(dataDir))}`

const quoted = (text: string): string => (/^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
