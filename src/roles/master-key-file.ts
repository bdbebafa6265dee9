/**
 * The file that a master key is kept in: `{"keys": [{"id": "m2", "key": "<64 hexadecimal digits>"}, …]}`. The first key seals, the others
 * only open what was sealed before. It is readable by its owner alone, and written as a whole or not at all.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../kit/command.ts'
import { serverDir, writePrivate } from '../kit/installation.ts'
import { SEALING_KEY_BYTES, type SealingKey } from '../kit/sealing.ts'

/** The one in the data directory, which the first start makes. */
export const ownMasterKeyFile = (dataDir: string): string => path.join(serverDir(dataDir), 'master-key.json')

const RESTORE = 'restore it from a backup; no new one is made in its place, since it could not open what is sealed.'

/** The keys in the file, the current one first; undefined if there is no file. Throws `UserError` if it is not as it should be. */
export const readMasterKeys = (file: string): readonly SealingKey[] | undefined => {
  const text = readIfPresent(file)
  return text === undefined ? undefined : keysIn(text, file)
}

export const writeMasterKeys = (file: string, keys: readonly SealingKey[]): void =>
  writePrivate(file, { keys: keys.map(({ id, key }) => ({ id, key: Buffer.from(key).toString('hex') })) })

/** Puts a new key first in a file. Throws `UserError` if there is none. */
export const addMasterKey = (file: string): SealingKey => {
  const keys = readMasterKeys(file)
  if (keys === undefined)
    throw new UserError(`There is no master key file ${file}: the first start of a server makes it.`)
  const key = newMasterKey(keys)
  writeMasterKeys(file, [key, ...keys])
  return key
}

/** A key whose id is not among the given. */
export const newMasterKey = (others: readonly SealingKey[]): SealingKey => {
  const numbers = others.map(({ id }) => Number(/^m(\d+)$/.exec(id)?.[1] ?? 0))
  return { id: `m${Math.max(0, ...numbers) + 1}`, key: randomBytes(SEALING_KEY_BYTES) }
}

const readIfPresent = (file: string): string | undefined => {
  let handle: number | undefined
  try {
    handle = openSync(file, 'r')
    refuseIfShared(file, fstatSync(handle).mode)
    return readFileSync(handle, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (error instanceof UserError) throw error
    throw new UserError(`Cannot read the master key file ${file} (${message}).`, { cause: error })
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

const OTHERS = 0o077

const refuseIfShared = (file: string, mode: number): void => {
  if ((mode & OTHERS) !== 0)
    throw new UserError(`Others than its owner may use the master key file ${file}: run chmod 600 on it.`)
}

const KEY = new RegExp(`^[0-9a-f]{${SEALING_KEY_BYTES * 2}}$`)
/** Sealed texts name their key in front of a dot. */
const ID = /^[\w-]{1,64}$/

const keysIn = (text: string, file: string): readonly SealingKey[] => {
  const { keys } = parsed(text, file) as { keys?: unknown }
  const entries = Array.isArray(keys) ? (keys as unknown[]).map((entry) => keyIn(entry, file)) : []
  if (entries.length === 0) throw damaged(file, 'it holds no key')
  if (new Set(entries.map(({ id }) => id)).size < entries.length) throw damaged(file, 'two of its keys have one id')
  return entries
}

const parsed = (text: string, file: string): object => {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw damaged(file, 'it holds no JSON object')
}

const keyIn = (entry: unknown, file: string): SealingKey => {
  const { id, key } = (entry ?? {}) as { id?: unknown; key?: unknown }
  if (typeof id !== 'string' || !ID.test(id))
    throw damaged(file, 'the id of a key is not 1 to 64 letters, digits, hyphens and underscores')
  if (typeof key !== 'string' || !KEY.test(key))
    throw damaged(file, `the key "${id}" is not ${SEALING_KEY_BYTES * 2} hexadecimal digits`)
  return { id, key: Buffer.from(key, 'hex') }
}

const damaged = (file: string, what: string): UserError =>
  new UserError(`The master key file ${file} is damaged (${what}): ${RESTORE}`)
