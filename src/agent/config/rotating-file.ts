/** A log file that is set aside when it grows too large or its hour is over, and of whose predecessors only so many are kept. */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import { isoText } from '../../kit/timestamps.ts'

export interface RotatingFileOptions {
  readonly path: string
  /** `size`: older files are `<path>.1` (the latest), `.2`, ... `hourly`: `<path>.2026-01-31-15`, the hour in UTC. */
  readonly rollover: 'size' | 'hourly' | 'none'
  readonly maxBytes: number
  /** Older files that are kept. */
  readonly keep: number
  /** Permissions of new files; the system's usual ones if absent. */
  readonly mode?: number
  readonly clock: Clock
}

export class RotatingFile {
  readonly #options: RotatingFileOptions
  #descriptor: number
  #bytes: number
  #hour: string

  constructor(options: RotatingFileOptions) {
    this.#options = options
    mkdirSync(dirname(options.path), { recursive: true })
    this.#descriptor = openSync(options.path, 'a', options.mode)
    const { size, mtimeMs } = fstatSync(this.#descriptor)
    this.#bytes = size
    this.#hour = hourOf(size === 0 ? options.clock.now() : mtimeMs)
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#isDue(bytes)) this.#roll()
    writeSync(this.#descriptor, line)
    this.#bytes += bytes
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #isDue(bytes: number): boolean {
    const { rollover, maxBytes, clock } = this.#options
    if (rollover === 'size') return this.#bytes > 0 && this.#bytes + bytes > maxBytes
    return rollover === 'hourly' && hourOf(clock.now()) !== this.#hour
  }

  #roll(): void {
    const { path, rollover, mode, clock } = this.#options
    this.close()
    if (rollover === 'size') this.#rollBySize()
    else this.#rollByHour()
    this.#descriptor = openSync(path, 'a', mode)
    this.#bytes = 0
    this.#hour = hourOf(clock.now())
  }

  #rollBySize(): void {
    const { path, keep } = this.#options
    rmSync(`${path}.${keep}`, { force: true })
    for (let number = keep - 1; number >= 1; number--) {
      if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`)
    }
    renameSync(path, `${path}.1`)
  }

  #rollByHour(): void {
    const { path, keep } = this.#options
    renameSync(path, `${path}.${this.#hour}`)
    const older = readdirSync(dirname(path)).filter((name) => isHourOf(name, basename(path)))
    for (const name of older.toSorted().slice(0, -keep)) rmSync(join(dirname(path), name), { force: true })
  }
}

const hourOf = (milliseconds: number): string => isoText(milliseconds).slice(0, 13).replace('T', '-')

const isHourOf = (name: string, base: string): boolean =>
  name.startsWith(`${base}.`) && /^\d{4}-\d\d-\d\d-\d\d$/.test(name.slice(base.length + 1))
