/**
 * Advisories out of the operator's file, which is read anew for each scan and never held: one document of OSV a line, or a JSON list of them
 * that is not too long. Of the lines only those are parsed that can be about the image.
 */
import { open, readFile } from 'node:fs/promises'
import { settle } from '../../kit/clock.ts'
import { type Advisory, advisoryOf, InvalidAdvisory } from '../../model/image-scan/advisory.ts'

/** Of a file that is one JSON document. */
const DOCUMENT_BYTES = 64 * 1024 ** 2
/** Lines that are looked at before others get their turn. */
const LINES_AT_ONCE = 200

/** The file cannot be used; the message says why. */
class AdvisoryFileError extends Error {
  override readonly name = 'AdvisoryFileError'
}

/** `ecosystems`: names, e.g. `Debian`, one of which an advisory has to have. */
export async function* advisoriesIn(file: string, ecosystems: readonly string[]): AsyncGenerator<Advisory, void, void> {
  const handle = await opened(file)
  try {
    if (await beginsList(handle)) yield* ofList(await readFile(file, 'utf8'))
    else yield* ofLines(handle.readLines({ autoClose: false, start: 0 }), ecosystems)
  } finally {
    await handle.close()
  }
}

/** When the file was last changed, in milliseconds since the epoch. */
export const changedAt = async (file: string): Promise<number> => {
  const handle = await opened(file)
  try {
    return Math.floor((await handle.stat()).mtimeMs)
  } finally {
    await handle.close()
  }
}

type Handle = Awaited<ReturnType<typeof open>>

const opened = async (file: string): Promise<Handle> => {
  try {
    return await open(file, 'r')
  } catch (error) {
    throw new AdvisoryFileError(`The advisory file cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

const beginsList = async (handle: Handle): Promise<boolean> => {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
  const { size } = await handle.stat()
  const isList = buffer.subarray(0, bytesRead).toString('utf8').trimStart().startsWith('[')
  if (isList && size > DOCUMENT_BYTES)
    throw new AdvisoryFileError('The advisory file is a list of more than 64 MiB: it has to have one advisory a line.')
  return isList
}

function* ofList(content: string): Generator<Advisory, void, void> {
  for (const [index, document] of (parsed(content, 'The advisory file') as unknown[]).entries()) {
    const advisory = read(document, `Advisory ${index + 1}`)
    if (advisory !== undefined) yield advisory
  }
}

async function* ofLines(
  lines: AsyncIterable<string>,
  ecosystems: readonly string[],
): AsyncGenerator<Advisory, void, void> {
  const marks = ecosystems.map((name) => JSON.stringify(name).slice(0, -1))
  let number = 0
  for await (const line of lines) {
    number += 1
    if (number % LINES_AT_ONCE === 0) await settle()
    if (line.trim() === '' || !marks.some((mark) => line.includes(mark))) continue
    const where = `Line ${number} of the advisory file`
    const advisory = read(parsed(line, where), where)
    if (advisory !== undefined) yield advisory
  }
}

const parsed = (text: string, where: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AdvisoryFileError(`${where} is not JSON.`, { cause: error })
  }
}

const read = (document: unknown, where: string): Advisory | undefined => {
  try {
    return advisoryOf(document)
  } catch (error) {
    if (!(error instanceof InvalidAdvisory)) throw error
    throw new AdvisoryFileError(`${where} cannot be read: ${error.message}`, { cause: error })
  }
}
