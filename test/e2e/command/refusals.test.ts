/**
 * What cannot work is refused: one sentence on stderr that says what is wrong and what to do, nothing on stdout, exit code 1, nothing
 * left running. In the background it is the same sentence and the same exit code.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLongshore } from '../longshore.ts'
import { aPlace, aTakenPort, type Place, run } from './run.ts'

const LONGEST_MS = 15_000
const SIMULATED = ['--port', '0', '--runtime', 'simulated']

let place: Place
beforeEach(() => {
  place = aPlace()
})
afterEach(() => place.remove())

const expectRefusal = (args: readonly string[], sentence: string | RegExp, env: NodeJS.ProcessEnv = {}): void => {
  const { status, stdout, said, elapsedMs } = run(args, { env: { ...place.env, ...env } })
  expect(said).toMatch(/^longshore: [^\n]*\.\n$/)
  expect(said).toMatch(sentence)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(elapsedMs).toBeLessThan(LONGEST_MS)
  expect(place.processes()).toEqual([])
}

/** In the foreground and in the background. */
const expectUpRefusal = (args: readonly string[], sentence: string | RegExp, env: NodeJS.ProcessEnv = {}): void => {
  expectRefusal(['up', ...args], sentence, env)
  expectRefusal(['up', ...args, '--detach'], sentence, env)
}

describe('the command refuses', () => {
  it('a port in use', async () => {
    const { port, free } = await aTakenPort()
    const sentence = `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or choose another with --port.`
    expectUpRefusal(['--port', String(port), '--runtime', 'simulated'], sentence)
    expectRefusal(['server', '--port', String(port)], sentence)
    free()
  })

  it('an address that is not of this machine', () => {
    expectUpRefusal([...SIMULATED, '--host', '192.0.2.1'], '192.0.2.1 is no address of this machine.')
  })

  it('to run containers without Docker', () => {
    const env = { DOCKER_HOST: 'unix:///nowhere' }
    expectUpRefusal(
      ['--port', '0'],
      /Docker does not answer at unix:\/\/\/nowhere: .*\. Start it, or simulate containers with --runtime simulated\./,
      env,
    )
  })

  it('a Docker host that it cannot speak to', () => {
    expectUpRefusal(['--port', '0'], /DOCKER_HOST: "ssh:\/\/somewhere" must be/, { DOCKER_HOST: 'ssh://somewhere' })
  })

  it('a data directory that `up` uses', async () => {
    const { dataDir } = place
    const longshore = await startLongshore({ dataDir, runtime: 'simulated' })
    const sentence = new RegExp(
      `^longshore: The data directory ${dataDir} is in use by process \\d+, which listens on ${longshore.endpoint}: `,
    )
    expectUpRefusal(SIMULATED, sentence)
    expectRefusal(['server', '--port', '0'], sentence)
    await longshore.stop({ keepData: true })
  })

  it('a data directory that a server on its own uses', async () => {
    const { dataDir } = place
    const longshore = await startLongshore({ dataDir, command: 'server' })
    expectUpRefusal(SIMULATED, `The data directory ${dataDir} is in use by process`)
    expectRefusal(['server', '--port', '0'], `The data directory ${dataDir} is in use by process`)
    await longshore.stop({ keepData: true })
  })

  it('a data directory whose lock another process holds', () => {
    const directory = path.join(place.dataDir, 'server')
    mkdirSync(directory)
    const holder = new DatabaseSync(path.join(directory, 'lock'))
    holder.exec('BEGIN EXCLUSIVE')
    expectUpRefusal(SIMULATED, `The data directory ${directory} is in use by another process`)
    holder.close()
  })

  it('a data directory that a newer version wrote', () => {
    expect(run(['up', ...SIMULATED, '--detach'], place).status).toBe(0)
    expect(run(['down'], place).status).toBe(0)
    const state = new DatabaseSync(path.join(place.dataDir, 'server', 'state.sqlite'))
    state.exec('PRAGMA user_version = 999')
    state.close()
    expectUpRefusal(SIMULATED, /was written by a newer version \(schema 999, this one knows \d+\): use that version\./)
  })

  it('a data directory that is a file', () => {
    const file = path.join(place.dataDir, 'file')
    writeFileSync(file, '')
    expectUpRefusal([...SIMULATED, '--data-dir', file], `The data directory ${file}`)
  })

  it('to accept any credentials from other machines', () => {
    expectUpRefusal(
      [...SIMULATED, '--dev', '--host', '0.0.0.0'],
      '--dev accepts any credentials and so listens on loopback only; leave it out to listen on 0.0.0.0.',
    )
  })

  it.each([
    [['--prot', '1'], "There is no option --prot (is --port meant?). Run 'longshore help up' for its options."],
    [['--port'], "--port needs a value. Run 'longshore help up' for its options."],
    [['--port', 'http'], '--port is "http"; it must be a whole number from 0 to 65535.'],
    [['--port', '65536'], '--port is "65536"; it must be a whole number from 0 to 65535.'],
    [['--runtime', 'podman'], '--runtime is "podman"; it can be docker or simulated.'],
    [['--dev=yes'], "--dev is a switch and takes no value. Run 'longshore help up' for its options."],
    [['--data-dir', ''], '--data-dir is empty.'],
    [['--account', '1'], '--account is "1"; an account is 12 digits.'],
    [['--region', 'nowhere'], '--region is "nowhere"; it must look like us-east-1.'],
    [['--cluster', 'a b'], '--cluster is "a b"; a cluster name has 1 to 255 letters, digits, hyphens and underscores.'],
    [['extra'], `"extra" is not expected here. Run 'longshore help up' for its options.`],
  ])('%j', (args, sentence) => {
    expectRefusal(['up', ...args], sentence)
  })

  it('commands that it does not have', () => {
    expectRefusal(['stats'], `There is no command "stats" (is "status" meant?). Run 'longshore help' for the list.`)
    expectRefusal(['help', 'frobnicate'], `There is no command "frobnicate". Run 'longshore help' for the list.`)
  })

  it('to show or configure what does not run', () => {
    for (const name of ['status', 'env']) {
      expectRefusal([name], `Longshore is not running on ${place.dataDir}. Start it with 'longshore up'.`)
    }
  })

  it('an agent that does not know where the control plane is, or who it is', () => {
    const env = { ECS_DATADIR: path.join(place.dataDir, 'agent'), AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
    expectRefusal(['agent', '--runtime', 'simulated'], 'ECS_BACKEND_HOST is not set', env)
    expectRefusal(['agent', '--runtime', 'simulated'], 'The agent has no credentials', {
      ...env,
      ECS_BACKEND_HOST: 'http://127.0.0.1:1',
    })
  })
})
