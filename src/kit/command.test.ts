import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { command, resolveValues, usage, UserError, wholeNumber } from './command.ts'

const aCommand = command({
  name: 'try',
  summary: 'a command to try',
  options: {
    port: { type: 'string', valueName: 'PORT', description: 'where to listen', default: '4566' },
    runtime: { type: 'string', description: 'what runs', choices: ['docker', 'simulated'] },
    dev: { type: 'boolean', description: 'be lenient' },
  },
  run: async () => 0,
})

const configFile = (content: object): string => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'longshore-command-')), 'config.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

describe('resolveValues', () => {
  it('takes flags over variables over the file over defaults', () => {
    const file = configFile({ port: 1, runtime: 'docker', dev: true })
    expect(resolveValues(aCommand, [], {})).toEqual({ port: '4566', runtime: undefined, dev: false })
    expect(resolveValues(aCommand, [], { LONGSHORE_CONFIG: file })).toEqual({ port: '1', runtime: 'docker', dev: true })
    const env = { LONGSHORE_CONFIG: file, LONGSHORE_PORT: '2' }
    expect(resolveValues(aCommand, [], env)).toMatchObject({ port: '2' })
    expect(resolveValues(aCommand, ['--port', '3', '--no-dev'], env)).toMatchObject({ port: '3', dev: false })
  })

  it('names what it does not know', () => {
    expect(() => resolveValues(aCommand, ['--prot', '1'], {})).toThrow(UserError)
    expect(() => resolveValues(aCommand, ['--prot', '1'], {})).toThrow(/--prot.*longshore help try/)
  })

  it('lists the choices of a value that is none of them', () => {
    expect(() => resolveValues(aCommand, ['--runtime', 'podman'], {})).toThrow('it can be docker or simulated')
  })

  it('says which file it cannot read', () => {
    expect(() => resolveValues(aCommand, [], { LONGSHORE_CONFIG: '/nowhere/x.json' })).toThrow('/nowhere/x.json')
  })
})

describe('wholeNumber', () => {
  it('takes digits within bounds only', () => {
    expect(wholeNumber('port', '80', 0, 65_535)).toBe(80)
    for (const text of ['-1', '70000', '1e3', '', 'x'])
      expect(() => wholeNumber('port', text, 0, 65_535)).toThrow(UserError)
  })
})

describe('usage', () => {
  it('shows every option with its value and default', () => {
    expect(usage(aCommand)).toContain('--port PORT')
    expect(usage(aCommand)).toContain('(default: 4566)')
  })
})
