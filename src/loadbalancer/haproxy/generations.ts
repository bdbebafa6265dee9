/**
 * The configurations of HAProxy on disk: each reload has a directory of its own, complete before anything points to it, and `current` points
 * to the one that a start reads. Beside it lies what that one was (`applied.json`), so that a later program knows what is running; `served` says
 * which one that is for certain, and is missing while HAProxy is told to read another.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readFileIfPresent } from '../../kit/installation.ts'
import type { RenderedConfiguration } from '../configuration/settings.ts'

/** What is known of a configuration after it was written. */
export interface Applied {
  readonly generation: number
  /** Two renderings with one key differ in servers only. */
  readonly key: string
  /** `<address>:<port>` of the sockets that it was allowed to bind. */
  readonly sockets: readonly string[]
  /** Parameters of servers, which are the same in all of a backend, by its name. */
  readonly parameters: Readonly<Record<string, string>>
}

const CONFIGURATION = 'haproxy.cfg'
const APPLIED = 'applied.json'
const SERVED = 'served'
/** Workers that start while the next is written may still read the one before. */
const KEPT = 3

export class Generations {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  }

  /** What HAProxy reads at each start. */
  get configurationFile(): string {
    return path.join(this.#directory, 'current', CONFIGURATION)
  }

  directoryOf(generation: number): string {
    return path.join(this.#directory, String(generation))
  }

  /** What a running HAProxy has; undefined at the first start. With an empty `key`, that is not known for certain, and is more or less this. */
  applied(): Applied | undefined {
    const current = this.#appliedOf('current')
    if (current === undefined) return undefined
    const served = readFileIfPresent(path.join(this.#directory, SERVED))
    if (served === String(current.generation)) return current
    const kept = this.#kept().flatMap((generation) => this.#appliedOf(generation)?.sockets ?? [])
    return { ...current, key: '', sockets: [...new Set(kept)] }
  }

  /** Writes it; returns the file to have checked. Nothing points to it yet. */
  write(rendered: RenderedConfiguration, applied: Applied): string {
    const directory = this.directoryOf(applied.generation)
    rmSync(directory, { recursive: true, force: true })
    const files = new Map([
      ...rendered.files,
      [CONFIGURATION, rendered.text] as const,
      [APPLIED, JSON.stringify(applied)] as const,
    ])
    for (const [name, text] of files) {
      const file = path.join(directory, name)
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      // Private keys are among them.
      writeFileSync(file, text, { mode: 0o600 })
    }
    return path.join(directory, CONFIGURATION)
  }

  /** From now on a start reads this one; which one is served is not certain until `confirm`. */
  switchTo(generation: number): void {
    rmSync(path.join(this.#directory, SERVED), { force: true })
    const link = path.join(this.#directory, 'current')
    const fresh = `${link}.new`
    rmSync(fresh, { force: true })
    symlinkSync(String(generation), fresh)
    renameSync(fresh, link)
  }

  /** HAProxy serves this one. */
  confirm(generation: number): void {
    writeFileSync(path.join(this.#directory, SERVED), String(generation), { mode: 0o600 })
  }

  /** Removes what no start reads any more. */
  prune(current: number): void {
    for (const name of this.#kept())
      if (Number(name) <= current - KEPT || Number(name) > current)
        rmSync(path.join(this.#directory, name), { recursive: true, force: true })
  }

  #kept(): string[] {
    return readdirSync(this.#directory).filter((entry) => /^\d+$/.test(entry))
  }

  #appliedOf(name: string): Applied | undefined {
    const text = readFileIfPresent(path.join(this.#directory, name, APPLIED))
    return text === undefined ? undefined : (JSON.parse(text) as Applied)
  }
}

/** The same for renderings into different directories. */
export const configurationKey = (rendered: RenderedConfiguration, directory: string): string => {
  const hash = createHash('sha256').update(rendered.textWithoutServers.replaceAll(directory, ''))
  for (const [name, text] of [...rendered.files].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    hash.update(`\0${name}\0`).update(text.replaceAll(directory, ''))
  return hash.digest('hex')
}
