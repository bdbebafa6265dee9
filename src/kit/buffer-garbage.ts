/**
 * Buffers that come and go by the thousand, as when layers of images pass through. V8 collects what is young when its own heap is full of it, and
 * buffers lie outside: of them alone it takes notice late, and then by collecting everything, which costs several times the time and
 * memory. So whoever makes many, and does not know when they are done with (then: `freeBuffer`), says so here, and has the young ones collected, which
 * takes less than a millisecond.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Garbage between two collections: from about 4 MiB on, V8 collects everything besides, several times a second. */
const PORTION_BYTES = 3 * 1024 * 1024

type Collect = (options: { readonly type: 'minor' }) => void

export class BufferGarbage {
  #bytes = 0
  #collect: Collect | undefined

  /** Notes buffers that will not be needed for long. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < PORTION_BYTES) return
    this.#bytes = 0
    this.#collect ??= collector()
    this.#collect({ type: 'minor' })
  }
}

/**
 * The function is there only in contexts that are made after it was asked for. Memory is given back on the spot: a thread that does it later
 * is behind when there is most to do.
 */
const collector = (): Collect => {
  setFlagsFromString('--expose-gc')
  setFlagsFromString('--no-concurrent-array-buffer-sweeping')
  return runInNewContext('gc') as Collect
}
