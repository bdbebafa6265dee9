/**
 * Memory that blobs pass through on their way to and from files: blocks that are used again and again, instead of buffers that the garbage collector
 * would have to find. They begin at the boundary of a page, as files that are opened with `O_DIRECT` want it (open(2)).
 */
import { assert } from '../../kit/assert.ts'
import { Heap } from '../../kit/heap.ts'

/** What direct I/O counts in: offsets, lengths and addresses are multiples of it. */
export const ALIGNMENT_BYTES = 4096
/** Four frames of a blob, seals included, wherever on a disk they begin. */
export const BLOCK_BYTES = 67 * ALIGNMENT_BYTES
/** Two for each of as many transfers as the registry has at once. What was never used costs addresses, not memory. */
const BLOCKS = 512

const WASM_PAGE_BYTES = 64 * 1024

/** As far as it is needed here; TypeScript knows it in browsers only. */
declare const WebAssembly: {
  readonly Memory: new (descriptor: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
}

export class BlockPool {
  readonly #blocks: number
  /** What is free, the front of the memory first: so no more of it is ever touched than is needed at once. */
  #free: Heap<Buffer> | undefined
  readonly #waiting: ((block: Buffer) => void)[] = []

  constructor(blocks = BLOCKS) {
    this.#blocks = blocks
  }

  /** A block of `BLOCK_BYTES`, with whatever is in it; undefined if none is free. */
  tryTake(): Buffer | undefined {
    this.#free ??= pageAlignedBlocks(this.#blocks)
    if (this.#waiting.length > 0) return undefined
    const block = this.#free.first
    this.#free.removeFirst()
    return block
  }

  /** Waits until one is free, in the order of who came first. */
  take(): Promise<Buffer> {
    const free = this.tryTake()
    return free === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(free)
  }

  /** Of one that was taken, whole, once. */
  release(block: Buffer): void {
    assert(block.length === BLOCK_BYTES, 'a part of a block was released')
    const next = this.#waiting.shift()
    if (next === undefined) this.#free?.add(block)
    else next(block)
  }
}

/** The memory of WebAssembly is the one kind whose address is known to be that of a page. */
const pageAlignedBlocks = (blocks: number): Heap<Buffer> => {
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil((blocks * BLOCK_BYTES) / WASM_PAGE_BYTES) })
  const free = new Heap<Buffer>((one, other) => one.byteOffset < other.byteOffset)
  for (let block = 0; block < blocks; block++) free.add(Buffer.from(buffer, block * BLOCK_BYTES, BLOCK_BYTES))
  return free
}
