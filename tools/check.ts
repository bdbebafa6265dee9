/** `npm run check`: types, lint, format, dead code, tidy and unit tests, in that order, stopping at the first that fails. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const bin = (name: string): string => path.join(root, 'node_modules', '.bin', name)

const steps: readonly (readonly [title: string, command: string, args: readonly string[]])[] = [
  ['types', process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('oxfmt'), ['--check']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['coverage page', process.execPath, ['tools/coverage.ts', '--check']],
  ['unit tests and tidy', process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit']],
]

const only = process.argv.includes('--static') ? steps.slice(0, -1) : steps
for (const [title, command, args] of only) {
  const started = performance.now()
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  if (status !== 0) process.exit(1)
}
