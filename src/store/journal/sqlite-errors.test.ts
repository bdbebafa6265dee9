import { describe, expect, it } from 'vitest'
import { JournalError } from './journal.ts'
import { NewerSchema } from './migrations.ts'
import { explain } from './sqlite-errors.ts'

const place = { directory: '/srv/longshore', file: '/srv/longshore/state.sqlite' }

/** An error as `node:sqlite` throws it. */
const sqliteError = (errcode: number, message: string): Error =>
  Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode })
const systemError = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code })

const sentenceOf = (error: unknown): string => explain(error, place).message

describe('explain', () => {
  it('reads the primary code of an extended one', () => {
    const fullWhileWriting = 13 | (1 << 8)
    expect(sentenceOf(sqliteError(fullWhileWriting, 'disk full'))).toMatch(/is full: free some space/)
  })

  it.each([
    [sqliteError(5, 'database is locked'), /is in use by another process/],
    [systemError('ENOSPC'), /is full: free some space/],
    [
      sqliteError(8, 'attempt to write a readonly database'),
      /cannot be written \(attempt to write a readonly database\)/,
    ],
    [systemError('EACCES'), /cannot be written \(EACCES: it failed\)/],
    [sqliteError(11, 'database disk image is malformed'), /^The state file \/srv\/longshore\/state\.sqlite is damaged/],
    [new NewerSchema(7, 3), /written by a newer version \(schema 7, this one knows 3\)/],
    [new Error('odd'), /cannot be used \(odd\)/],
    ['odd', /cannot be used \(odd\)/],
  ])('says in one sentence what %s means', (error, sentence) => {
    expect(sentenceOf(error)).toMatch(sentence)
  })

  it('keeps the cause for the log', () => {
    const cause = systemError('ENOSPC')
    expect(explain(cause, place).cause).toBe(cause)
  })

  it('leaves a sentence that is one already alone', () => {
    const error = new JournalError('The store is closed.')
    expect(explain(error, place)).toBe(error)
  })
})
