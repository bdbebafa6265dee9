/** `longshore rotate-master-key`: a new master key, which the next start of the server seals everything with. */
import { command, UserError } from '../kit/command.ts'
import { addMasterKey, ownMasterKeyFile } from './master-key-file.ts'
import { serverOptions } from './options.ts'
import { inDataDir } from './running.ts'

export const rotateMasterKeyCommand = command({
  name: 'rotate-master-key',
  summary: 'make a new master key for the next start of the server',
  details:
    'The next start of the server seals every secret anew with it, and then drops the keys before it. Until then the file holds all of\nthem. A server that runs goes on with the key that it has.',
  options: { 'data-dir': serverOptions['data-dir'], 'master-key-file': serverOptions['master-key-file'] },
  run: async ({ 'data-dir': dataDir, 'master-key-file': givenFile }) => {
    if (givenFile !== undefined)
      throw new UserError(
        `The master key comes from ${givenFile}: put a new key first in that file yourself, and start the server again.`,
      )
    const file = ownMasterKeyFile(dataDir)
    const { id } = inDataDir(dataDir, () => addMasterKey(file))
    process.stdout.write(
      `The new master key "${id}" stands first in ${file}. Start the server again: it seals every secret anew and drops the old key.\n`,
    )
    return 0
  },
})
