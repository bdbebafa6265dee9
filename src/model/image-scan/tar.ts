/**
 * Reads a tar archive as it comes, in the form of POSIX.1-2001 (pax) and that of GNU, and holds nothing of it but the files that are wanted.
 * Source: IEEE Std 1003.1, "pax - portable archive interchange"; the manual of GNU tar, "Basic Tar Format".
 */
import { LAYER_ENTRIES, TAR_HEADER_BYTES, Unscannable } from './scan-limits.ts'

export interface TarEntry {
  /** Without `./` and `/` in front, and without one at the end. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'other'
  readonly bytes: number
}

export interface TarReader {
  /** True to be given the content. */
  readonly wants: (entry: TarEntry) => boolean
  readonly take: (entry: TarEntry, content: Buffer) => void
}

const BLOCK = 512

/** Rejects with `Unscannable` for what is no tar archive, or has too many files. */
export const readTar = async (archive: AsyncIterable<Buffer>, { wants, take }: TarReader): Promise<void> => {
  const source = new ByteSource(archive)
  let [said, entries]: [Said, number] = [{}, 0]
  for (;;) {
    const block = await source.read(BLOCK)
    if (block.length < BLOCK || isEnd(block)) return
    const header = headerOf(block)
    const extension = EXTENSIONS[header.flag]
    if (extension !== undefined) {
      if (header.bytes > TAR_HEADER_BYTES) throw new Unscannable('A file of a layer has a name that is too long.')
      said = { ...said, ...extension(await source.content(header.bytes)) }
      continue
    }
    if (++entries > LAYER_ENTRIES) throw new Unscannable('A layer has more files than are looked at.')
    const entry = entryOf(header, said)
    said = {}
    if (wants(entry)) take(entry, await source.content(entry.bytes))
    else await source.skip(padded(entry.bytes))
  }
}

/** What comes before an entry and is about it. */
interface Said {
  readonly path?: string
  readonly bytes?: number
}

const text = (bytes: Buffer): string => bytes.toString('utf8').replace(/\0.*$/s, '')

const pax = (content: Buffer): Said => {
  const said: { path?: string; bytes?: number } = {}
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const length = Number(content.toString('latin1', at, space))
    if (space === -1 || !Number.isSafeInteger(length) || length <= space - at) break
    const [name = '', ...value] = content.toString('utf8', space + 1, at + length - 1).split('=')
    if (name === 'path') said.path = value.join('=')
    if (name === 'size') said.bytes = sizeOf(Number(value.join('=')))
    at += length
  }
  return said
}

const EXTENSIONS: Readonly<Record<string, (content: Buffer) => Said>> = {
  x: pax,
  // For all entries, or the target of a link: nothing that is needed here.
  g: () => ({}),
  K: () => ({}),
  L: (content) => ({ path: text(content) }),
}

interface Header {
  readonly path: string
  readonly flag: string
  readonly bytes: number
}

const isEnd = (block: Buffer): boolean => block.every((byte) => byte === 0)

const headerOf = (block: Buffer): Header => {
  if (checksum(block) !== octal(block, 148, 8)) throw new Unscannable('A layer is not a tar archive.')
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isPosix ? text(block.subarray(345, 500)) : ''
  const name = text(block.subarray(0, 100))
  const flag = block.toString('latin1', 156, 157)
  return { path: prefix === '' ? name : `${prefix}/${name}`, flag, bytes: sizeOf(numberAt(block, 124, 12)) }
}

/** The field itself counts as spaces. */
const checksum = (block: Buffer): number => {
  let sum = 8 * 32
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte
  return sum
}

/** GNU: what octal digits do not suffice for is binary. */
const numberAt = (block: Buffer, at: number, length: number): number =>
  ((block[at] ?? 0) & 0x80) === 0
    ? octal(block, at, length)
    : Number(BigInt(`0x${block.toString('hex', at + 1, at + length)}`))

const octal = (block: Buffer, at: number, length: number): number =>
  Number.parseInt(
    block
      .toString('latin1', at, at + length)
      .replace(/\0.*$/s, '')
      .trim() || '0',
    8,
  )

const sizeOf = (bytes: number): number => {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Unscannable('A file of a layer has an impossible size.')
  return bytes
}

const entryOf = ({ path, flag, bytes }: Header, said: Said): TarEntry => {
  const named = said.path ?? path
  const isFile = flag === '0' || flag === '\0' || flag === '7'
  // Before POSIX, the name alone said it.
  const type = flag === '5' || (isFile && named.endsWith('/')) ? 'directory' : isFile ? 'file' : 'other'
  return { path: cleaned(named), type, bytes: isFile ? (said.bytes ?? bytes) : 0 }
}

const cleaned = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')

const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK

/** Bytes that come in pieces, so many at a time. */
class ByteSource {
  readonly #pieces: AsyncIterator<Buffer>
  #piece: Buffer = Buffer.alloc(0)

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** Fewer only at the end. */
  async read(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = bytes
    while (missing > 0 && (await this.#more())) {
      const part = this.#piece.subarray(0, missing)
      this.#piece = this.#piece.subarray(part.length)
      missing -= part.length
      parts.push(part)
    }
    return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts)
  }

  /** With the padding behind it. */
  async content(bytes: number): Promise<Buffer> {
    const content = await this.read(padded(bytes))
    if (content.length < bytes) throw new Unscannable('A layer ends too early.')
    return content.subarray(0, bytes)
  }

  async skip(bytes: number): Promise<void> {
    for (let missing = bytes; missing > 0;) {
      if (!(await this.#more())) throw new Unscannable('A layer ends too early.')
      const passed = Math.min(missing, this.#piece.length)
      this.#piece = this.#piece.subarray(passed)
      missing -= passed
    }
  }

  async #more(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const { value, done = false } = await this.#pieces.next()
      if (done) return false
      this.#piece = value as Buffer
    }
    return true
  }
}
