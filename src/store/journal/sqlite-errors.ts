/** SQLite's and the file system's errors as one sentence for the operator: what happened, where, and what to do. */
import { accessSync, constants } from 'node:fs'
import { JournalError } from './journal.ts'
import { NewerSchema } from './migrations.ts'

/** Primary result codes. Source: https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

export interface JournalPlace {
  readonly directory: string
  readonly file: string
}

/** What went wrong with the journal at `place`. */
export const explain = (error: unknown, place: JournalPlace): JournalError =>
  error instanceof JournalError ? error : new JournalError(sentence(error, place), { cause: error })

const sentence = (error: unknown, { directory, file }: JournalPlace): string => {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof NewerSchema) {
    return `The data directory ${directory} was written by a newer version (schema ${error.found}, this one knows ${error.known}): use that version.`
  }
  switch (codeOf(error)) {
    case SQLITE_BUSY:
      return `The data directory ${directory} is in use by another process, probably a server: stop that one or use another directory.`
    case SQLITE_FULL:
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk of the data directory ${directory} is full: free some space and start again; nothing acknowledged is lost.`
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return notWritable(directory, detail)
    case SQLITE_IOERR:
      // A file system that met an error is often mounted read-only from then on, and SQLite does not tell the two apart.
      if (!isWritable(directory)) return notWritable(directory, detail)
      return `The disk of the data directory ${directory} failed (${detail}): check the disk and start again.`
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return `The state file ${file} is damaged (${detail}): restore it from a backup, or try "sqlite3 ${file} .recover".`
    default:
      return `The data directory ${directory} cannot be used (${detail}).`
  }
}

const notWritable = (directory: string, detail: string): string =>
  `The data directory ${directory} cannot be written (${detail}): make it writable for this user and start again.`

/** A file system's code (`EROFS`) or SQLite's primary result code. */
const codeOf = (error: unknown): string | number | undefined => {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const isWritable = (directory: string): boolean => {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}
