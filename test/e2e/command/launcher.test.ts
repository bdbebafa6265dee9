/** `bin/longshore` finds its sources and a new enough Node from wherever it is called. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bin } from '../longshore.ts'
import { run } from './run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longshore launcher '))
})
afterAll(() => rmSync(folder, { recursive: true }))

const version = (): string => run(['version']).stdout

/** A folder with a program called `node`, or with none. */
const aFolderWith = (name: string, node?: string): string => {
  const directory = path.join(folder, name)
  mkdirSync(directory)
  if (node !== undefined) writeFileSync(path.join(directory, 'node'), `#!/bin/sh\n${node}\n`, { mode: 0o755 })
  return directory
}

/** What the launcher itself needs, and nothing else. */
const bareTools = (): string => {
  const directory = aFolderWith('tools')
  for (const tool of ['sh', 'readlink', 'dirname']) symlinkSync(`/usr/bin/${tool}`, path.join(directory, tool))
  return directory
}

it('works from any folder', () => {
  expect(run(['version'], { cwd: '/' })).toMatchObject({ status: 0, stdout: version(), said: '' })
})

it('works through a symbolic link', () => {
  const link = path.join(folder, 'link')
  symlinkSync(path.relative(folder, bin), link)
  expect(run(['version'], { cwd: folder, program: link })).toMatchObject({ status: 0, stdout: version(), said: '' })
  expect(run(['version'], { cwd: folder, program: './link' })).toMatchObject({ status: 0, stdout: version(), said: '' })
})

it('leaves no core dump behind, which would hold secrets', () => {
  const node = aFolderWith('limits', '[ "$1" = --version ] && echo v24.0.0 || ulimit -c')
  const env = { ...process.env, PATH: `${node}:${process.env['PATH'] ?? ''}` }
  expect(run(['version'], { env })).toMatchObject({ status: 0, stdout: '0\n' })
})

it('passes over a Node that is too old, broken or absent', () => {
  const tools = bareTools()
  const old = aFolderWith('old', '[ "$1" = --version ] && echo v20.11.0 || exit 9')
  const broken = aFolderWith('broken', 'echo nothing useful')
  for (const PATH of [`${old}:${tools}`, `${broken}:${tools}`, tools]) {
    const env = { HOME: folder, PATH }
    expect({ PATH, ...run(['version'], { env }) }).toMatchObject({ PATH, status: 0, stdout: version(), said: '' })
  }
})

it('says what to do where there is no Node at all', () => {
  const root = aFolderWith('installation')
  mkdirSync(path.join(root, 'bin'))
  const copy = path.join(root, 'bin', 'longshore')
  run([bin, copy], { program: 'cp' })
  const env = { PATH: path.join(folder, 'tools') }
  expect(run(['version'], { env, program: copy })).toMatchObject({
    status: 1,
    stdout: '',
    said: `longshore: Longshore needs Node 24 or later. Run 'npm install' in ${root}: it brings one.\n`,
  })
})
