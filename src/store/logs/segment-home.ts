/** Where segments lie: files that are written once, whole, and read in parts. A directory here; an object store would do as well. */
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { LogStoreError } from './log-store.ts'

export interface SegmentHome {
  /** Groups that have, or had, segments. */
  groups(): Promise<readonly string[]>
  /** Names of a group's segments. */
  list(groupId: string): Promise<readonly string[]>
  /** Keeps all parts under the name, durably, or nothing. */
  write(groupId: string, name: string, parts: AsyncIterable<Buffer>): Promise<void>
  open(groupId: string, name: string): Promise<SegmentSource>
  remove(groupId: string, name: string): Promise<void>
  /** Removes the group with everything in it. */
  removeGroup(groupId: string): Promise<void>
}

export interface SegmentSource {
  readonly size: number
  /** Exactly so many bytes. */
  read(offset: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

/** A file that is being written; what a crash leaves of one is removed. */
const UNFINISHED = '.unfinished'

/** One directory for each group. */
export class SegmentDirectory implements SegmentHome {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async groups(): Promise<readonly string[]> {
    await makeDirectory(this.#root)
    return readdir(this.#root)
  }

  async list(groupId: string): Promise<readonly string[]> {
    const names = await readdir(path.join(this.#root, groupId))
    for (const name of names.filter((each) => each.endsWith(UNFINISHED))) await this.remove(groupId, name)
    return names.filter((each) => !each.endsWith(UNFINISHED))
  }

  async write(groupId: string, name: string, parts: AsyncIterable<Buffer>): Promise<void> {
    const directory = path.join(this.#root, groupId)
    await makeDirectory(directory)
    const file = path.join(directory, name)
    try {
      await writeDurably(file + UNFINISHED, parts)
      await rename(file + UNFINISHED, file)
    } catch (error) {
      await rm(file + UNFINISHED, { force: true })
      throw error
    }
    await syncDirectory(directory)
  }

  async open(groupId: string, name: string): Promise<SegmentSource> {
    const handle = await open(path.join(this.#root, groupId, name), 'r')
    const { size } = await handle.stat()
    return { size, read: (offset, length) => readExactly(handle, offset, length), close: () => handle.close() }
  }

  async remove(groupId: string, name: string): Promise<void> {
    await rm(path.join(this.#root, groupId, name), { force: true })
  }

  async removeGroup(groupId: string): Promise<void> {
    await rm(path.join(this.#root, groupId), { recursive: true, force: true })
  }
}

const writeDurably = async (file: string, parts: AsyncIterable<Buffer>): Promise<void> => {
  const handle = await open(file, 'w', 0o600)
  try {
    for await (const part of parts) await handle.writeFile(part)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a directory that is there after a power cut, too. */
export const makeDirectory = async (directory: string): Promise<void> => {
  const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 })
  if (firstMade === undefined) return
  for (let made = directory; made.length >= firstMade.length; made = path.dirname(made))
    await syncDirectory(path.dirname(made))
}

export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const readExactly = async (handle: FileHandle, offset: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset)
  if (bytesRead < length) throw new LogStoreError('A segment of a log group is shorter than it was.')
  return buffer
}
