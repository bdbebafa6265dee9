/**
 * What was appended and is not in segments yet: files of frames. Everything that arrives while one sync runs is written and synced
 * together by the next. When a file is full, another one begins, and the full one stays until its frames are in segments.
 */
import { type FileHandle, open, readdir, readFile, rm, truncate } from 'node:fs/promises'
import path from 'node:path'
import { bytesIn, decodeFrame, type Frame } from './frame.ts'
import { LogStoreError } from './log-store.ts'
import { makeDirectory, syncDirectory } from './segment-home.ts'

export interface LogJournalOptions {
  readonly directory: string
  /** Bytes after which a file is full. */
  readonly fileBytes: number
  /** A sequence that none had before; it names the next file. */
  readonly nextSequence: () => number
  /** Called between two writes when the file is full; what it gives is waited for. */
  readonly onFull: () => Promise<void>
}

interface Pending {
  readonly frame: readonly Buffer[]
  /** Called at once when the frame is durable, before anyone who waits for it goes on. */
  readonly onDurable: () => void
  readonly resolve: () => void
  readonly reject: (error: LogStoreError) => void
}

interface JournalFile {
  readonly path: string
  readonly handle: FileHandle
  bytes: number
}

const FILE_NAME = /^(\d+)\.journal$/

/** Journal files that are there, the oldest first. */
const journalFiles = async (directory: string): Promise<{ readonly path: string; readonly sequence: number }[]> => {
  await makeDirectory(directory)
  const found = (await readdir(directory)).flatMap((name) => {
    const sequence = FILE_NAME.exec(name)?.[1]
    return sequence === undefined ? [] : [{ path: path.join(directory, name), sequence: Number(sequence) }]
  })
  return found.toSorted((one, other) => one.sequence - other.sequence)
}

export interface Recovered {
  /** Files whose frames were read; to be removed when their frames are elsewhere. */
  readonly files: readonly string[]
  /** The largest sequence that names a file. */
  readonly lastSequence: number
  /** Bytes at the end of the last file that were no whole frame. */
  readonly cutBytes: number
}

/**
 * Reads all frames that are whole, and cuts off what a crash has left of one at the end. Throws `LogStoreError` if there are frames
 * missing elsewhere, which no crash can do.
 */
export const recoverJournal = async (directory: string, onFrame: (frame: Frame) => void): Promise<Recovered> => {
  const files = await journalFiles(directory)
  let cutBytes = 0
  for (const [index, { path: file }] of files.entries()) {
    const bytes = await readFile(file)
    const end = readFrames(bytes, onFrame)
    if (end === bytes.length) continue
    if (index < files.length - 1) throw new LogStoreError(`${file} is damaged: restore it from a backup.`)
    await truncate(file, end)
    cutBytes = bytes.length - end
  }
  return { files: files.map((file) => file.path), lastSequence: files.at(-1)?.sequence ?? 0, cutBytes }
}

const readFrames = (bytes: Buffer, onFrame: (frame: Frame) => void): number => {
  let offset = 0
  for (let frame = decodeFrame(bytes, offset); frame !== undefined; frame = decodeFrame(bytes, offset)) {
    onFrame(frame)
    offset += frame.bytes.length
  }
  return offset
}

export class LogJournal {
  readonly #options: LogJournalOptions
  #file: JournalFile
  #pending: Pending[] = []
  #running: Promise<void> | undefined
  #failure: LogStoreError | undefined

  private constructor(options: LogJournalOptions, file: JournalFile) {
    this.#options = options
    this.#file = file
  }

  /** Begins a file of its own. */
  static async open(options: LogJournalOptions): Promise<LogJournal> {
    return new LogJournal(options, await createFile(options))
  }

  /** Bytes of the present file. */
  get bytes(): number {
    return this.#file.bytes
  }

  /** Resolves when nothing is being written, and a file that was full is not the present one any more. */
  async idle(): Promise<void> {
    await this.#running
  }

  append(frame: readonly Buffer[], onDurable: () => void): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const kept = new Promise<void>((resolve, reject) => this.#pending.push({ frame, onDurable, resolve, reject }))
    this.#running ??= this.#run()
    return kept
  }

  /** Begins another file; gives the path of the full one. Only for `onFull`. */
  async turnOver(): Promise<string> {
    const { path: full, handle } = this.#file
    this.#file = await createFile(this.#options)
    await handle.close()
    return full
  }

  async close(): Promise<void> {
    await this.#running
    this.#failure ??= new LogStoreError('The log store is closed.')
    await this.#file.handle.close()
  }

  async #run(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#pending
      this.#pending = []
      try {
        await this.#write(group.flatMap(({ frame }) => frame))
      } catch (error) {
        await this.#takeBack(error, group)
        continue
      }
      for (const { onDurable, resolve } of group) {
        onDurable()
        resolve()
      }
      if (this.#file.bytes >= this.#options.fileBytes) await this.#options.onFull()
    }
    this.#running = undefined
  }

  async #write(parts: readonly Buffer[]): Promise<void> {
    const { handle } = this.#file
    const bytes = bytesIn(parts)
    const { bytesWritten } = await handle.writev(parts, this.#file.bytes)
    if (bytesWritten < bytes) throw new LogStoreError('The disk took only a part of what was written.')
    await handle.datasync()
    this.#file.bytes += bytes
  }

  /** What could not be kept must not come back after a restart, and what is written next must not stand behind half a frame. */
  async #takeBack(cause: unknown, group: readonly Pending[]): Promise<void> {
    const error = new LogStoreError(`Log events cannot be written (${messageOf(cause)}).`, { cause })
    try {
      await this.#file.handle.truncate(this.#file.bytes)
    } catch (truncation) {
      this.#failure = new LogStoreError(`The log store takes no more events (${messageOf(truncation)}).`, { cause })
      for (const { reject } of this.#pending.splice(0)) reject(this.#failure)
    }
    for (const { reject } of group) reject(error)
  }
}

const createFile = async ({ directory, nextSequence }: LogJournalOptions): Promise<JournalFile> => {
  const file = path.join(directory, `${nextSequence()}.journal`)
  const handle = await open(file, 'wx', 0o600)
  await syncDirectory(directory)
  return { path: file, handle, bytes: 0 }
}

export const removeJournalFiles = async (files: readonly string[]): Promise<void> => {
  for (const file of files) await rm(file, { force: true })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
