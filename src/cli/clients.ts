/** What every SDK client of a command is made with. */
import type { RunningNote } from '../kit/installation.ts'
import { clientCredentials } from './options.ts'

export const clientSettings = (dataDir: string, note: RunningNote) => ({
  endpoint: note.endpoint,
  region: note.region,
  credentials: clientCredentials(dataDir, note),
})
