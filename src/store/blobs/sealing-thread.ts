/**
 * A thread that seals what is uploaded: hashing and encrypting take as much processor time as receiving does, and so everything else that the process
 * does is not held up by them. Blocks are handed to it and come back, without being copied. It lives while it has work.
 */
import type { Worker } from 'node:worker_threads'
import { assert } from '../../kit/assert.ts'
import { type Clock, SystemClock, type Timer } from '../../kit/clock.ts'
import type { FrameSeal } from './frames.ts'
import type { Sealer } from './sealer.ts'

/** What the thread is told; it answers `seal` and `digest`, in the order in which it was asked. */
export type SealingRequest =
  /** `key` is that of the seal. */
  | { readonly kind: 'begin'; readonly upload: number; readonly key: Uint8Array | undefined }
  | {
      readonly kind: 'seal'
      readonly upload: number
      readonly block: ArrayBuffer
      readonly firstNumber: number
      readonly contentBytes: number
    }
  | { readonly kind: 'digest'; readonly upload: number }
  | { readonly kind: 'end'; readonly upload: number }

export type SealingAnswer = { readonly block: ArrayBuffer; readonly bytes: number } | string

/** Starting one takes as long as sealing 20 MB. */
const IDLE_MS = 10_000
/** It makes nothing but garbage. */
const YOUNG_GENERATION_MB = 2

export class SealingThread {
  readonly #clock: Clock
  #life: Promise<Life> | undefined
  #uploads = 0
  #begun = 0
  #idle: Timer | undefined

  constructor(clock: Clock = new SystemClock()) {
    this.#clock = clock
  }

  /** Of one upload from its beginning; to be ended in any case. Everything that is asked of it rejects if the thread dies. */
  async sealer(seal: FrameSeal): Promise<Sealer> {
    this.#uploads += 1
    this.#idle?.cancel()
    const upload = (this.#begun += 1)
    try {
      const life = await (this.#life ??= this.#start())
      life.tell({ kind: 'begin', upload, key: seal.key })
      return {
        seal: async ({ buffer: block }, firstNumber, contentBytes) => {
          assert(block instanceof ArrayBuffer, 'a block is memory of its own')
          const sealed = await life.ask({ kind: 'seal', upload, block, firstNumber, contentBytes }, block)
          assert(typeof sealed === 'object', 'answers are in the order of questions')
          return { block: Buffer.from(sealed.block), bytes: sealed.bytes }
        },
        digest: async () => {
          const digest = await life.ask({ kind: 'digest', upload })
          assert(typeof digest === 'string', 'answers are in the order of questions')
          return digest
        },
        end: () => {
          life.tell({ kind: 'end', upload })
          this.#release()
        },
      }
    } catch (error) {
      this.#release()
      throw error
    }
  }

  /** No upload is open any more. */
  async close(): Promise<void> {
    this.#idle?.cancel()
    const ending = this.#life
    // Who comes from now on begins another one.
    this.#life = undefined
    const life = await ending?.catch(() => undefined)
    await life?.end()
  }

  #start(): Promise<Life> {
    const gone = (): void => {
      if (this.#life === life) this.#life = undefined
    }
    const life = Life.start(gone)
    life.catch(gone)
    return life
  }

  #release(): void {
    this.#uploads -= 1
    if (this.#uploads === 0) this.#idle = this.#clock.setTimer(IDLE_MS, () => void this.close())
  }
}

/** One life of the thread. */
class Life {
  readonly #worker: Worker
  /** Who waits for answers, the first first. */
  readonly #waiting: PromiseWithResolvers<SealingAnswer>[] = []
  #death: Error | undefined

  private constructor(worker: Worker, onDeath: () => void) {
    this.#worker = worker
    worker.on('message', (answer: SealingAnswer) => this.#waiting.shift()?.resolve(answer))
    const die = (error: Error): void => {
      this.#death ??= error
      for (const { reject } of this.#waiting.splice(0)) reject(this.#death)
      onDeath()
    }
    worker.on('error', die)
    worker.once('exit', () => die(new Error('The thread that seals uploads has ended.')))
    // Nothing waits for it when the process ends. Whoever listens to it holds the process up again.
    worker.unref()
  }

  static async start(onDeath: () => void): Promise<Life> {
    const { Worker } = await import('node:worker_threads')
    const program = new URL(`./sealing-work${import.meta.url.slice(-3)}`, import.meta.url)
    return new Life(new Worker(program, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } }), onDeath)
  }

  tell(request: SealingRequest, ...given: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(request, given)
  }

  ask(request: SealingRequest, ...given: readonly ArrayBuffer[]): Promise<SealingAnswer> {
    if (this.#death !== undefined) return Promise.reject(this.#death)
    const waiting = Promise.withResolvers<SealingAnswer>()
    this.tell(request, ...given)
    this.#waiting.push(waiting)
    return waiting.promise
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
