/**
 * The master key of an installation, opened against the store that it seals: it must be the right one, and whatever is sealed with a key
 * before it is sealed anew before the server starts. Only then is the old key let go, so that a crash at any moment leaves a file that
 * opens everything.
 */
import { UserError } from '../kit/command.ts'
import type { Log } from '../kit/log.ts'
import { MasterKey, type SealingKey, sealingKeyId, Unsealable } from '../kit/sealing.ts'
import { CLEAN_UP_ROWS } from '../model/limits.ts'
import { replaceSealed, type SealedValue, sealedValues } from '../store/sealed-members.ts'
import type { Store } from '../store/store.ts'
import { newMasterKey, ownMasterKeyFile, readMasterKeys, writeMasterKeys } from './master-key-file.ts'
import { inDataDir } from './running.ts'

export interface MasterKeyOptions {
  readonly dataDir: string
  /** The file that the operator gave, if it is not the one in the data directory; it is never written. */
  readonly givenFile: string | undefined
  readonly store: Store
  readonly log: Log
}

/** The key that seals what is secret in the store. Throws `UserError` if it cannot open what is there. */
export const openMasterKey = async (options: MasterKeyOptions): Promise<MasterKey> => {
  const { dataDir, givenFile, store, log } = options
  const file = givenFile ?? ownMasterKeyFile(dataDir)
  const keys = readMasterKeys(file) ?? firstKeys(options, file)
  const [current, ...previous] = keys as readonly [SealingKey, ...SealingKey[]]
  const masterKey = new MasterKey(current, previous)
  checkKeys(store, masterKey, file)
  if (previous.length === 0) return masterKey
  const damaged = await sealAnew(store, masterKey)
  for (const { table, key } of damaged) log.error('a sealed value is damaged', { table, key })
  const keyIds = previous.map(({ id }) => id)
  if (damaged.length > 0) log.warn('previous master keys are kept', { file, keyIds })
  else if (givenFile !== undefined) log.warn('previous master keys are no longer needed: remove them', { file, keyIds })
  else inDataDir(dataDir, () => dropKeys(file, keyIds))
  return masterKey
}

/** Of an installation that has no secrets yet. */
const firstKeys = ({ dataDir, givenFile, store }: MasterKeyOptions, file: string): readonly SealingKey[] => {
  if (givenFile !== undefined) throw new UserError(`There is no master key file ${file}.`)
  if (sealedValues(store.tables).next().done !== true)
    throw new UserError(
      `The master key file ${file} is missing, and nothing else opens the secrets in the data directory: restore it from a backup, or name it with --master-key-file.`,
    )
  const keys = [newMasterKey([])]
  inDataDir(dataDir, () => writeMasterKeys(file, keys))
  return keys
}

/** Each key that something is sealed with has to open at least one such text: one that opens none is another key of the same name. */
const checkKeys = (store: Store, masterKey: MasterKey, file: string): void => {
  const states = new Map<string, boolean>()
  for (const value of sealedValues(store.tables)) {
    const keyId = sealingKeyId(value.sealed)
    if (states.get(keyId) !== true) states.set(keyId, opened(masterKey, value) !== undefined)
  }
  const unopened = [...states].filter(([, isOpened]) => !isOpened).map(([keyId]) => `"${keyId}"`)
  if (unopened.length === 0) return
  throw new UserError(
    `The master key file ${file} does not open the secrets in the data directory, which are sealed with the key ${unopened.join(' and ')}: it belongs to another installation, or a key was removed from it too early.`,
  )
}

/** Seals everything with the current key. Gives what could not be opened with any. */
const sealAnew = async (store: Store, masterKey: MasterKey): Promise<readonly SealedValue[]> => {
  const old = [...sealedValues(store.tables)].filter(({ sealed }) => sealingKeyId(sealed) !== masterKey.currentId)
  const damaged: SealedValue[] = []
  for (let from = 0; from < old.length; from += CLEAN_UP_ROWS)
    await store.transact((tx) => {
      for (const value of old.slice(from, from + CLEAN_UP_ROWS)) {
        const plain = opened(masterKey, value)
        if (plain === undefined) damaged.push(value)
        else replaceSealed(tx, value, masterKey.seal(plain, value.purpose))
      }
    })
  return damaged
}

const opened = (masterKey: MasterKey, { sealed, purpose }: SealedValue): Buffer | undefined => {
  try {
    return masterKey.open(sealed, purpose)
  } catch (error) {
    if (error instanceof Unsealable) return undefined
    throw error
  }
}

/** Reads the file again: another key may have been put first meanwhile. */
const dropKeys = (file: string, keyIds: readonly string[]): void => {
  const keys = readMasterKeys(file) ?? []
  writeMasterKeys(
    file,
    keys.filter(({ id }) => !keyIds.includes(id)),
  )
}
