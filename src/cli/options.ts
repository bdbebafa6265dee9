/** Options and look-ups that several commands share. */
import { UserError } from '../kit/command.ts'
import { defaultDataDir, readNote, readRootKey, type RootAccessKey, type RunningNote } from '../kit/installation.ts'
import { trustCertificates } from '../kit/trust.ts'

export const dataDirOption = {
  'data-dir': { type: 'string', valueName: 'DIR', description: 'where state is kept', default: defaultDataDir() },
} as const

/** The note of the Longshore that runs on this data directory, whose certificate is trusted from then on, or a sentence that says that none does. */
export const requireNote = (dataDir: string): RunningNote => {
  const note = readNote(dataDir)
  if (note === undefined) throw new UserError(`Longshore is not running on ${dataDir}. Start it with 'longshore up'.`)
  if (note.authorityFile !== undefined) trustCertificates(note.authorityFile)
  return note
}

/** Credentials that a client of that Longshore can use: the root user's, or any at all in `--dev` mode. */
export const clientCredentials = (dataDir: string, note: RunningNote): RootAccessKey => {
  if (note.isDev) return { accessKeyId: 'longshore', secretAccessKey: 'longshore' }
  const key = readRootKey(dataDir)
  if (key === undefined)
    throw new UserError(`The root user's access key is not in ${dataDir}; restore it or use a key of your own.`)
  return key
}
