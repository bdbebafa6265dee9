/** The master key of an installation: a file that the first start makes, readable by its owner alone. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { UserError } from '../kit/command.ts'
import { readPrivate, serverDir, writePrivate } from '../kit/installation.ts'
import { MasterKey, SEALING_KEY_BYTES, type SealingKey } from '../kit/sealing.ts'

/** Content of the file. Keys are 64 hexadecimal digits; the first is the current one. */
interface MasterKeyFile {
  readonly keys: readonly { readonly id: string; readonly key: string }[]
}

const KEY = new RegExp(`^[0-9a-f]{${SEALING_KEY_BYTES * 2}}$`)

export const masterKeyFile = (dataDir: string): string => path.join(serverDir(dataDir), 'master-key.json')

/** The key in the file; a new one if there is no file. */
export const masterKeyIn = (file: string): MasterKey => {
  const content = readPrivate<MasterKeyFile>(file) ?? newFile(file)
  const [current, ...previous] = content.keys.map(({ id, key }): SealingKey => {
    if (!KEY.test(key)) throw new UserError(`${file} holds no master key: a key is 64 hexadecimal digits.`)
    return { id, key: Buffer.from(key, 'hex') }
  })
  if (current === undefined) throw new UserError(`${file} holds no master key.`)
  return new MasterKey(current, previous)
}

const newFile = (file: string): MasterKeyFile => {
  const content = { keys: [{ id: 'm1', key: randomBytes(SEALING_KEY_BYTES).toString('hex') }] }
  writePrivate(file, content)
  return content
}
