/** A folder of the operator's in the place of Amazon S3: objects are files `<bucket>/<key>`. It is only read. */
import { open, realpath } from 'node:fs/promises'
import path from 'node:path'

/** Names of buckets, and of a key's parts: nothing that leads out of the folder. */
const PART = /^(?!\.{1,2}$)[^/\\\0]+$/

/** The object's content; undefined if there is none. Throws `ObjectTooLarge`. */
export const readObject = async (
  directory: string,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  longestBytes: number,
): Promise<Buffer | undefined> => {
  const parts = [bucket, ...key.split('/')]
  if (!parts.every((part) => PART.test(part))) return undefined
  const file = await fileIn(directory, parts)
  return file === undefined ? undefined : readAtMost(file, longestBytes)
}

export class ObjectTooLarge extends Error {
  override readonly name = 'ObjectTooLarge'
}

/** Links may not lead out of the folder either. */
const fileIn = async (directory: string, parts: readonly string[]): Promise<string | undefined> => {
  try {
    const root = await realpath(directory)
    const file = await realpath(path.join(root, ...parts))
    return file.startsWith(root + path.sep) ? file : undefined
  } catch (error) {
    return undefinedIfAbsent(error)
  }
}

const readAtMost = async (file: string, longestBytes: number): Promise<Buffer | undefined> => {
  const handle = await open(file)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) return undefined
    if (stat.size > longestBytes) throw new ObjectTooLarge(`The object has more than ${longestBytes} bytes.`)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

const ABSENT = ['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG']

const undefinedIfAbsent = (error: unknown): undefined => {
  if (ABSENT.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
  throw error
}
