/** Where a program of the system is. Those for administrators lie outside the path of other users. */
import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The file of the program, or undefined if it is not installed; a path is looked at as it is. */
export const findProgram = (program: string, env: NodeJS.ProcessEnv = process.env): string | undefined => {
  if (program.includes('/')) return isExecutable(program) ? path.resolve(program) : undefined
  const directories = [...(env['PATH'] ?? '').split(':').filter((directory) => directory !== ''), ...SYSTEM_DIRECTORIES]
  return directories.map((directory) => path.join(directory, program)).find(isExecutable)
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
