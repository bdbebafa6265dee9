/** A directory on a real disk that is gone when the process ends. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const scratchDirectory = (): string => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-bench-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}
