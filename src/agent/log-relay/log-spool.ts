/**
 * Batches of log events that Docker was told are taken, and the control plane has not yet: a file for each, which the next agent finds if
 * this one is killed. They are not synced: Docker has what it has not sent in its memory, which would not survive the machine either.
 */
import { hash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Log } from '../../kit/log.ts'
import { PUT_LOG_EVENTS, type RelayedCall } from './relayed-call.ts'

/** A call to PutLogEvents that is in a file. */
export interface SpooledCall {
  /** Of its body. */
  readonly bytes: number
  /** Undefined if it is not whole any more. */
  readonly read: () => Promise<RelayedCall | undefined>
  readonly remove: () => Promise<void>
}

/** The first line of a file; the body follows as it came. */
interface Head extends Pick<RelayedCall, 'region' | 'payloadHash'> {
  /** Of the container. */
  readonly accessKeyId: string
}

const FILE_NAME = /^\d+$/
const LINE_FEED = 10

export class LogSpool {
  readonly #directory: string
  readonly #log: Log
  #nextNumber = 1
  /** What an earlier agent has left, in order, by access key. */
  readonly #left = new Map<string, SpooledCall[]>()

  private constructor(directory: string, log: Log) {
    this.#directory = directory
    this.#log = log
  }

  /** Rejects if the directory cannot be read. */
  static async open(directory: string, log: Log): Promise<LogSpool> {
    const spool = new LogSpool(directory, log)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const numbers = (await readdir(directory)).filter((name) => FILE_NAME.test(name)).map(Number)
    for (const number of numbers.toSorted((one, other) => one - other)) await spool.#find(number)
    return spool
  }

  /** Containers of which an earlier agent has left something. */
  get containersLeft(): readonly string[] {
    return [...this.#left.keys()]
  }

  /** What an earlier agent has left of a container, once. */
  takeLeft(accessKeyId: string): readonly SpooledCall[] {
    const left = this.#left.get(accessKeyId) ?? []
    this.#left.delete(accessKeyId)
    return left
  }

  /** Undefined if there is no room for it on the disk. */
  async keep(accessKeyId: string, { region, payloadHash, body }: RelayedCall): Promise<SpooledCall | undefined> {
    const file = this.#fileOf(this.#nextNumber++)
    const head: Head = { accessKeyId, region, payloadHash }
    try {
      await writeFile(file, [Buffer.from(`${JSON.stringify(head)}\n`), body], { flag: 'wx', mode: 0o600 })
    } catch (error) {
      this.#log.warn('log events cannot be kept on the disk', { error: String(error) })
      await this.#remove(file)
      return undefined
    }
    return this.#callIn(file, body.length)
  }

  #fileOf(number: number): string {
    return path.join(this.#directory, String(number))
  }

  #callIn(file: string, bytes: number): SpooledCall {
    return { bytes, read: async () => (await this.#read(file))?.call, remove: () => this.#remove(file) }
  }

  /** Docker was not answered for what is not whole. */
  async #find(number: number): Promise<void> {
    this.#nextNumber = number + 1
    const file = this.#fileOf(number)
    const found = await this.#read(file)
    if (found === undefined) return this.#remove(file)
    const left = this.#left.get(found.accessKeyId) ?? []
    this.#left.set(found.accessKeyId, left)
    left.push(this.#callIn(file, found.call.body.length))
  }

  /** What stays is sent once more by the next agent. */
  async #remove(file: string): Promise<void> {
    try {
      await rm(file, { force: true })
    } catch (error) {
      this.#log.warn('log events that are done with cannot be removed', { file, error: String(error) })
    }
  }

  /** Undefined if it is not whole. */
  async #read(file: string): Promise<Spooled | undefined> {
    try {
      return spooledIn(await readFile(file))
    } catch (error) {
      this.#log.warn('log events that were kept cannot be read', { file, error: String(error) })
      return undefined
    }
  }
}

interface Spooled {
  readonly accessKeyId: string
  readonly call: RelayedCall
}

const spooledIn = (bytes: Buffer): Spooled | undefined => {
  const end = bytes.indexOf(LINE_FEED)
  const body = bytes.subarray(end + 1)
  if (end === -1) return undefined
  const { accessKeyId, region, payloadHash } = JSON.parse(bytes.toString('utf8', 0, end)) as Head
  if (hash('sha256', body) !== payloadHash) return undefined
  return { accessKeyId, call: { target: PUT_LOG_EVENTS, region, payloadHash, body } }
}
