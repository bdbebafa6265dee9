import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { ConfigurationRefused, HAProxy } from './haproxy.ts'

/** A program that is run by the shell in HAProxy's place. */
const aProgram = (script: string): HAProxy => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-haproxy-'))
  const program = path.join(directory, 'haproxy')
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  return new HAProxy({
    program,
    directory,
    socketDirectory: directory,
    configurationFile: path.join(directory, 'haproxy.cfg'),
    baseConfiguration: () => '',
    clock: new ManualClock(),
    log: silentLog,
    onDeath: () => {},
  })
}

describe('the check of a configuration', () => {
  it('accepts what is warned of at any length, as of thousands of servers that are down', async () => {
    const haproxy = aProgram("yes '[WARNING] a server is DOWN' | head -c 3000000 >&2")
    await expect(haproxy.check('any.cfg')).resolves.toBeUndefined()
  })

  it('tells what is refused in the words of the program', async () => {
    const haproxy = aProgram("echo '[WARNING] (1) : so so' >&2; echo '[ALERT] (1) : not so' >&2; exit 1")
    await expect(haproxy.check('any.cfg')).rejects.toThrow(new ConfigurationRefused('not so'))
  })

  it.each(['kill -9 $$', 'echo "a library is missing" >&2; exit 127', 'echo "[ALERT] (1) : not so" >&2; kill -9 $$'])(
    'says nothing against the configuration if it does not come to its end: %s',
    async (script) => {
      const failure: unknown = await aProgram(script)
        .check('any.cfg')
        .catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Error)
      expect(failure).not.toBeInstanceOf(ConfigurationRefused)
    },
  )
})
