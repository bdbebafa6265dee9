import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { command, operandsOf, resolveValues, usage, UserError, wholeNumber } from './command.ts'

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
    expect(() => resolveValues(aCommand, ['--prot', '1'], {})).toThrow(
      "There is no option --prot (is --port meant?). Run 'longshore help try' for its options.",
    )
    expect(() => resolveValues(aCommand, ['-x'], {})).toThrow('There is no option -x.')
    expect(() => resolveValues(aCommand, ['--no-port'], {})).toThrow('There is no option --no-port')
    expect(() => resolveValues(aCommand, ['extra'], {})).toThrow('"extra" is not expected here.')
  })

  it('leaves operands to commands that have some', () => {
    const asking = command({ ...aCommand, operands: 'KIND NAME' })
    const argv = ['service', '--port', '1', 'web', '--dev']
    expect(operandsOf(asking, argv)).toEqual(['service', 'web'])
    expect(resolveValues(asking, argv, {})).toMatchObject({ port: '1', dev: true })
    expect(usage(asking)).toContain('Usage: longshore try KIND NAME [options]')
  })

  it('takes a value for options that have one, and none for switches', () => {
    expect(resolveValues(aCommand, ['--port=-5'], {})).toMatchObject({ port: '-5' })
    for (const argv of [['--port'], ['--port', '--dev']])
      expect(() => resolveValues(aCommand, argv, {})).toThrow('--port needs a value.')
    expect(() => resolveValues(aCommand, ['--port='], {})).toThrow('--port is empty.')
    for (const flag of ['--dev=true', '--no-dev=true'])
      expect(() => resolveValues(aCommand, [flag], {})).toThrow('is a switch and takes no value.')
  })

  it('takes an empty variable for none', () => {
    expect(resolveValues(aCommand, [], { LONGSHORE_PORT: '', LONGSHORE_DEV: '', LONGSHORE_CONFIG: '' })).toMatchObject({
      port: '4566',
      dev: false,
    })
  })

  it('lists the choices of a value that is none of them', () => {
    expect(() => resolveValues(aCommand, ['--runtime', 'podman'], {})).toThrow('it can be docker or simulated')
  })

  it('says which file it cannot read', () => {
    expect(() => resolveValues(aCommand, [], { LONGSHORE_CONFIG: '/nowhere/x.json' })).toThrow('/nowhere/x.json')
    const wrong = configFile([1])
    expect(() => resolveValues(aCommand, [], { LONGSHORE_CONFIG: wrong })).toThrow('must hold one JSON object')
  })

  it("leaves other commands' options in the file alone, but no slip of the pen", () => {
    expect(resolveValues(aCommand, [], { LONGSHORE_CONFIG: configFile({ 'data-dir': 'x' }) })).toHaveProperty('port')
    expect(() => resolveValues(aCommand, [], { LONGSHORE_CONFIG: configFile({ prot: 1 }) })).toThrow(
      'sets "prot" (is port meant?).',
    )
    expect(() => resolveValues(aCommand, [], { LONGSHORE_CONFIG: configFile({ port: [1] }) })).toThrow(
      '--port must be a text or a number.',
    )
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
