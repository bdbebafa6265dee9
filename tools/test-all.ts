/**
 * `npm test`: the static checks, then every test layer from the fastest to the slowest, then one total. A failed check counts as one
 * failed test, so that the total never looks better than the tree.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const LAYERS = ['unit', 'conformance', 'scenarios', 'simulation', 'e2e']

interface Total {
  passed: number
  failed: number
  skipped: number
}

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Said again before the total, because the output is long. */
const failures: string[] = []

const run = (args: readonly string[]): boolean =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  }).status === 0

const runLayer = (layer: string, folder: string): Total => {
  const file = path.join(folder, `${layer}.json`)
  const succeeded = run([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    layer,
    '--passWithNoTests',
    ...(layer === 'e2e' ? [] : [`--maxWorkers=${availableParallelism()}`]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  const report = readReport(file)
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 }
  const failed = report.numFailedTests + (report.numFailedTests === 0 && !succeeded ? 1 : 0)
  for (const { name, assertionResults } of report.testResults)
    for (const { status, fullName } of assertionResults)
      if (status === 'failed') failures.push(`${layer}: ${path.relative(root, name)}: ${fullName}`)
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests }
}

const readReport = (file: string): Report | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch (error) {
    console.error(`no report of the tests: ${(error as Error).message}`)
    return undefined
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'longshore-test-'))
const checks = run(['tools/check.ts', '--static'])
const totals = LAYERS.map((layer) => {
  console.log(`\n== ${layer}`)
  return runLayer(layer, folder)
})
rmSync(folder, { recursive: true })
const sum = (pick: (total: Total) => number): number => totals.reduce((total, layer) => total + pick(layer), 0)
const failed = sum((total) => total.failed) + (checks ? 0 : 1)
if (!checks) failures.unshift('the static checks')
for (const failure of failures) console.log(`FAILED ${failure}`)
console.log(
  `\n${sum((total) => total.passed) + (checks ? 1 : 0)} passed, ${failed} failed, ${sum((total) => total.skipped)} skipped`,
)
process.exitCode = failed === 0 ? 0 : 1
