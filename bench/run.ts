/**
 * Runs benches, all or those named, one after the other, each in a process of its own, and prints one table.
 *
 *     npm run bench [-- <name> ...] [--write] [--quick]
 *
 * `--quick` takes less of everything, where a bench knows how.
 * `--write` also puts each bench's table into docs/performance.md, between the markers that carry its name.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Answer, isReached } from './lib/compare.ts'
import { machine } from './lib/machine.ts'
import { tableOf } from './lib/table.ts'

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'performance.md')

const options = process.argv.slice(2)
const isQuick = options.includes('--quick')

const allBenches = (): string[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
    .map((file) => path.basename(file, '.ts'))
    .toSorted()

const runBench = (name: string): Answer[] => {
  console.error(`running ${name}`)
  const file = path.join(import.meta.dirname, `${name}.ts`)
  const { stdout } = spawnSync(process.execPath, [file, '--json', ...(isQuick ? ['--quick'] : [])], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = stdout.trim().split('\n').at(-1)
  if (!line?.startsWith('[')) throw new Error(`${name} gave no answers`)
  return JSON.parse(line) as Answer[]
}

/** The page with a bench's section replaced, or added at its end. */
const withSection = (page: string, name: string, answers: readonly Answer[]): string => {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const command = `npm run bench -- ${name}${isQuick ? ' --quick' : ''}`
  const section = [begin, '', `${machine()}. Measured by \`${command}\`.`, '', tableOf(answers), '', end].join('\n')
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n## ${name}\n\n${section}\n`
  return page.slice(0, from) + section + page.slice(to + end.length)
}

const named = options.filter((option) => !option.startsWith('--'))
const unknown = named.filter((name) => !allBenches().includes(name))
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are ${allBenches().join(', ')}`)
  process.exit(2)
}

const answers: Answer[] = []
for (const name of named.length > 0 ? named : allBenches()) {
  const found = runBench(name)
  answers.push(...found)
  if (!options.includes('--write')) continue
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '# Performance\n'
  writeFileSync(PAGE, withSection(page, name, found))
}
console.log(options.includes('--json') ? JSON.stringify(answers) : tableOf(answers))
if (!answers.every(isReached)) process.exitCode = 1
