/**
 * Image records in a file of the data directory. Written whole whenever a record really changes, which is seldom; a file that is lost
 * or unreadable only makes the agent forget what it pulled.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../../kit/log.ts'
import { type ImageRecord, type ImageRecords, MemoryImageRecords } from './image-records.ts'

export class FileImageRecords implements ImageRecords {
  readonly #path: string
  readonly #log: Log
  readonly #records = new MemoryImageRecords()

  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
    for (const record of this.#read()) this.#records.put(record)
  }

  get(reference: string): ImageRecord | undefined {
    return this.#records.get(reference)
  }

  all(): Iterable<ImageRecord> {
    return this.#records.all()
  }

  put(record: ImageRecord): void {
    const before = this.#records.get(record.reference)
    this.#records.put(record)
    // When an image was last used is worth remembering, but not a write for every container.
    const isNew = before?.imageId !== record.imageId || before.pulledAt !== record.pulledAt
    if (isNew || before.pulledAs !== record.pulledAs) this.#write()
  }

  remove(reference: string): void {
    this.#records.remove(reference)
    this.#write()
  }

  #read(): readonly ImageRecord[] {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as ImageRecord[]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#log.warn('image records are lost', { error })
      return []
    }
  }

  #write(): void {
    const temporary = `${this.#path}.new`
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      writeFileSync(temporary, JSON.stringify([...this.#records.all()]), { mode: 0o600 })
      renameSync(temporary, this.#path)
    } catch (error) {
      this.#log.warn('cannot write image records', { error })
    }
  }
}
