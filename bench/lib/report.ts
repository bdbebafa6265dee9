/** How a bench file ends: prints its answers as a table, or as JSON with `--json`, and fails the process if a goal is missed. */
import { type Answer, isReached } from './compare.ts'
import { tableOf } from './table.ts'

export const report = (answers: readonly Answer[]): void => {
  console.log(process.argv.includes('--json') ? JSON.stringify(answers) : tableOf(answers))
  if (!answers.every(isReached)) process.exitCode = 1
}
