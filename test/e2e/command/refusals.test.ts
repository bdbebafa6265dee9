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

const LONGEST_MS = 45_000
const SIMULATED = ['--port', '0', '--runtime', 'simulated']

let place: Place
beforeEach(() => {
  place = aPlace()
})
afterEach(() => place.remove())

/** What a command that must fail says to its user. */
const refusal = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string => {
  const { status, stdout, said, elapsedMs } = run(args, { env: { ...place.env, ...env } })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(said).toMatch(/^longshore: [^\n]*\.\n$/)
  expect(elapsedMs).toBeLessThan(LONGEST_MS)
  expect(place.processes()).toEqual([])
  return said.slice('longshore: '.length, -1)
}

/** The same in the foreground and in the background. */
const upRefusal = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string => {
  const sentence = refusal(['up', ...args], env)
  expect(refusal(['up', ...args, '--detach'], env)).toBe(sentence)
  return sentence
}

describe('the command refuses', () => {
  it('a port in use', async () => {
    const { port, free } = await aTakenPort()
    const sentence = `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or choose another with --port.`
    expect(upRefusal(['--port', String(port), '--runtime', 'simulated'])).toBe(sentence)
    expect(refusal(['server', '--port', String(port)])).toBe(sentence)
    free()
  })

  it('an address that is not of this machine', () => {
    expect(upRefusal([...SIMULATED, '--plain-http', '--host', '192.0.2.1'])).toBe(
      '192.0.2.1 is no address of this machine.',
    )
  })

  it('to run containers without Docker', () => {
    expect(upRefusal(['--port', '0'], { DOCKER_HOST: 'unix:///nowhere' })).toMatch(
      /^Docker does not answer at unix:\/\/\/nowhere: .*\. Start it, or simulate containers with --runtime simulated\.$/,
    )
  })

  it('a Docker host that it cannot speak to', () => {
    expect(upRefusal(['--port', '0'], { DOCKER_HOST: 'ssh://somewhere' })).toBe(
      'DOCKER_HOST: "ssh://somewhere" must be unix://<path> or tcp://<host>:<port>.',
    )
  })

  it('a data directory that `up` uses', async () => {
    const { dataDir } = place
    const longshore = await startLongshore({ dataDir, runtime: 'simulated' })
    const { processId } = JSON.parse(run(['status', '--json'], place).stdout) as { processId: number }
    const sentence = `The data directory ${dataDir} is in use by process ${processId}, which listens on ${longshore.endpoint}: stop that one or use another directory.`
    expect(upRefusal(SIMULATED)).toBe(sentence)
    expect(refusal(['server', '--port', '0'])).toBe(sentence)
    await longshore.stop({ keepData: true })
  })

  it('a data directory that a server on its own uses', async () => {
    const { dataDir } = place
    const longshore = await startLongshore({ dataDir, command: 'server' })
    expect(upRefusal(SIMULATED)).toContain(`The data directory ${dataDir} is in use by process`)
    expect(refusal(['server', '--port', '0'])).toContain(`The data directory ${dataDir} is in use by process`)
    await longshore.stop({ keepData: true })
  })

  it('a data directory whose lock another process holds', () => {
    const directory = path.join(place.dataDir, 'server')
    mkdirSync(directory)
    const holder = new DatabaseSync(path.join(directory, 'lock'))
    holder.exec('BEGIN EXCLUSIVE')
    expect(upRefusal(SIMULATED)).toBe(
      `The data directory ${directory} is in use by another process, probably a server: stop that one or use another directory.`,
    )
    holder.close()
  })

  it('a data directory that a newer version wrote', () => {
    expect(run(['up', ...SIMULATED, '--detach'], place).status).toBe(0)
    expect(run(['down'], place).status).toBe(0)
    const state = new DatabaseSync(path.join(place.dataDir, 'server', 'state.sqlite'))
    state.exec('PRAGMA user_version = 999')
    state.close()
    expect(upRefusal(SIMULATED)).toMatch(
      /was written by a newer version \(schema 999, this one knows \d+\): use that version\.$/,
    )
  })

  it('a data directory that is a file', () => {
    const file = path.join(place.dataDir, 'file')
    writeFileSync(file, '')
    expect(refusal(['up', ...SIMULATED, '--data-dir', file])).toContain(`The data directory ${file}`)
    expect(refusal(['up', ...SIMULATED, '--detach', '--data-dir', file])).toContain(`The data directory ${file}`)
  })

  it('to accept any credentials from other machines', () => {
    expect(upRefusal([...SIMULATED, '--dev', '--host', '0.0.0.0'])).toBe(
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
    [
      ['--registry-suffix', 'My Images'],
      '--registry-suffix is "My Images"; it must be a domain in small letters, like images.example.com.',
    ],
    [
      ['--balancer-addresses', 'everywhere'],
      '--balancer-addresses is "everywhere"; it must look like 10.0.5.0/24, 10.0.6.10-10.0.6.20, or several with commas.',
    ],
    [
      ['--balancer-suffix', 'My Names'],
      '--balancer-suffix is "My Names"; it must be a domain in small letters, like example.com.',
    ],
    [['--advertise', 'ecs'], '--advertise is "ecs"; it must look like https://ecs.example.com.'],
    [['extra'], `"extra" is not expected here. Run 'longshore help up' for its options.`],
  ])('%j', (args, sentence) => {
    expect(refusal(['up', ...args])).toBe(sentence)
  })

  it('commands that it does not have', () => {
    const see = "Run 'longshore help' for the list."
    expect(refusal(['stats'])).toBe(`There is no command "stats" (is "status" meant?). ${see}`)
    expect(refusal(['help', 'frobnicate'])).toBe(`There is no command "frobnicate". ${see}`)
  })

  it('to show or configure what does not run', () => {
    const sentence = `Longshore is not running on ${place.dataDir}. Start it with 'longshore up'.`
    expect(refusal(['status'])).toBe(sentence)
    expect(refusal(['env'])).toBe(sentence)
  })

  it('an agent that does not know where the control plane is, or who it is, or has no such file', () => {
    const agent = ['agent', '--runtime', 'simulated']
    const env = { ECS_DATADIR: path.join(place.dataDir, 'agent'), AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
    expect(refusal(agent, env)).toContain('ECS_BACKEND_HOST is not set')
    expect(refusal(agent, { ...env, ECS_BACKEND_HOST: 'http://127.0.0.1:1' })).toContain('The agent has no credentials')
    expect(refusal([...agent, '--config-file', '/nowhere'])).toContain('Cannot read the configuration file /nowhere')
  })
})
