/**
 * Puts closed files of access logs into the buckets they are for. They wait below one directory, `<bucket>/<key>`, until that is done, also over
 * a restart; what fails is tried again each minute.
 */
import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'

export type Upload = (bucket: string, key: string, file: string) => Promise<void>

export interface LogUploadsOptions {
  readonly directory: string
  readonly upload: Upload
  readonly clock: Clock
  readonly log: Log
}

const EVERY_MS = 60_000

export class LogUploads {
  readonly #options: LogUploadsOptions
  #running: Promise<void> | undefined
  #timer: Timer | undefined
  #isEnded = false

  constructor(options: LogUploadsOptions) {
    this.#options = options
  }

  /** Files that wait. */
  get waiting(): readonly string[] {
    const entries = readdirSync(this.#options.directory, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.#options.directory, path.join(entry.parentPath, entry.name)))
      .toSorted()
  }

  /** Begins with what waits from before, and looks again from time to time. */
  start(): void {
    void this.run()
    this.#timer = this.#options.clock.setTimer(EVERY_MS, () => this.start())
  }

  /** Resolves when everything that waits was tried. */
  run(): Promise<void> {
    this.#running ??= this.#uploadAll().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Begins nothing more; what is under way would be done again. */
  stop(): void {
    this.#isEnded = true
    this.#timer?.cancel()
  }

  async #uploadAll(): Promise<void> {
    for (const name of this.waiting) if (!this.#isEnded) await this.#uploadOne(name)
  }

  async #uploadOne(name: string): Promise<void> {
    const { directory, upload, log } = this.#options
    const slash = name.indexOf(path.sep)
    const [bucket, key, file] = [name.slice(0, slash), name.slice(slash + 1), path.join(directory, name)]
    try {
      await upload(bucket, key, file)
      rmSync(file, { force: true })
    } catch (error) {
      log.warn('an access log could not be uploaded and is tried again', { bucket, key, reason: String(error) })
    }
  }
}
