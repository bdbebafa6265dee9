/** Measuring in a process of its own: a fresh heap, nothing compiled yet, as after a restart. */
import { spawnSync } from 'node:child_process'

/** Runs a file of this folder with Node and gives the number that it prints last. */
export const numberFrom = (
  file: string,
  args: readonly (string | number)[],
  nodeOptions: readonly string[] = [],
): number => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, file, ...args.map(String)], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}`)
  const number = Number(stdout.trim().split('\n').at(-1))
  if (Number.isNaN(number)) throw new Error(`${file} ${args.join(' ')} printed no number: ${stdout}`)
  return number
}
