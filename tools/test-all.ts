/**
 * `npm test`: the static checks, then every test layer from the fastest to the slowest, then one total. A failed check counts as one
 * failed test, so that the total never looks better than the tree.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')

/** Vitest is run for it once. */
interface Part {
  readonly layer: string
  readonly name?: string
  readonly args: readonly string[]
}

const workers = [`--maxWorkers=${availableParallelism()}`]
const BALANCERS = 'test/e2e/loadbalancer/'

/**
 * One after the other; what stands together runs at the same time. Balancers alone need no engine, and mostly wait. What has an engine is alone
 * on the machine's, however many processors there are.
 */
const PARTS: readonly (readonly Part[])[] = [
  ...['unit', 'conformance', 'scenarios', 'simulation'].map((layer) => [{ layer, args: workers }]),
  [
    { layer: 'e2e', args: ['--maxWorkers=1', `--exclude=${BALANCERS}**`] },
    { layer: 'e2e', name: 'e2e of balancers', args: ['--maxWorkers=1', BALANCERS] },
  ],
]

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

const run = async (args: readonly string[]): Promise<boolean> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [status] = await once(child, 'exit')
  return status === 0
}

const runPart = async ({ layer, name = layer, args }: Part, folder: string): Promise<Total> => {
  console.log(`\n== ${name}`)
  const file = path.join(folder, `${name.replaceAll(' ', '-')}.json`)
  const succeeded = await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    layer,
    '--passWithNoTests',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  const report = readReport(file)
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 }
  const failed = report.numFailedTests + (report.numFailedTests === 0 && !succeeded ? 1 : 0)
  for (const { name: testFile, assertionResults } of report.testResults)
    for (const { status, fullName } of assertionResults)
      if (status === 'failed') failures.push(`${name}: ${path.relative(root, testFile)}: ${fullName}`)
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
const checks = await run(['tools/check.ts', '--static'])
const totals: Total[] = []
for (const parts of PARTS) totals.push(...(await Promise.all(parts.map((part) => runPart(part, folder)))))
rmSync(folder, { recursive: true })
const sum = (pick: (total: Total) => number): number => totals.reduce((total, layer) => total + pick(layer), 0)
const failed = sum((total) => total.failed) + (checks ? 0 : 1)
if (!checks) failures.unshift('the static checks')
for (const failure of failures) console.log(`FAILED ${failure}`)
console.log(
  `\n${sum((total) => total.passed) + (checks ? 1 : 0)} passed, ${failed} failed, ${sum((total) => total.skipped)} skipped`,
)
process.exitCode = failed === 0 ? 0 : 1
