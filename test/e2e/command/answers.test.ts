/** What the command answers when all is well, in the foreground and in the background, and where it takes its options from. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { DiscoverPollEndpointCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectedInstance, startLongshore, until } from '../longshore.ts'
import { aPlace, aTakenPort, type Place, run } from './run.ts'

const SIMULATED = ['--port', '0', '--runtime', 'simulated', '--detach']

let place: Place
beforeEach(() => {
  place = aPlace()
})
afterEach(() => {
  place.end()
  place.remove()
})

/** Runs a command that must succeed in silence but for its answer. */
const answer = (...args: string[]): string => {
  const { status, stdout, said } = run(args, place)
  expect({ status, said }).toEqual({ status: 0, said: '' })
  return stdout
}

/** The page of `status`, once the agent is connected: it registers before it connects. */
const connectedStatus = (): Promise<string> =>
  until('the agent to connect', () => {
    const page = answer('status')
    return / connected /.test(page) && page
  })

describe('help and version', () => {
  it('say what there is', () => {
    expect(answer('version')).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(answer('--version')).toBe(answer('version'))
    const overview = answer('help')
    for (const name of ['up', 'down', 'status', 'explain', 'env', 'server', 'agent', 'version', 'help']) {
      expect(overview).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    }
    for (const args of [[], ['--help'], ['-h'], ['help', 'help']]) expect(answer(...args)).toBe(overview)
  })

  it('explain a command with all its options', () => {
    const page = answer('help', 'up')
    const options = ['dev', 'port', 'host', 'data-dir', 'account', 'cluster', 'no-agent', 'runtime', 'detach']
    for (const option of options) expect(page).toContain(`  --${option} `)
    expect(answer('up', '--help')).toBe(page)
    expect(answer('up', '--port', '1', '-h')).toBe(page)
  })
})

describe('in the foreground, `up`', () => {
  it('prints exactly one line: what listens, and how to use it', async () => {
    const longshore = await startLongshore({ dataDir: place.dataDir, runtime: 'simulated', env: place.env })
    await connectedInstance(longshore.client)
    expect(longshore.stdout()).toMatch(
      /^Longshore \S+ listens on http:\/\/127\.0\.0\.1:\d+ \(.*\)\. Point AWS tools at it: eval "\$\(.*longshore env --data-dir .*\)"\n$/,
    )
    const [, command = ''] = /eval "\$\((.*)\)"/.exec(longshore.stdout()) ?? []
    const shell = run(['-c', command], { program: 'sh', env: process.env })
    expect(shell.stdout).toContain(`export AWS_ENDPOINT_URL=${longshore.endpoint}\n`)
    await longshore.stop({ keepData: true })
    expect(longshore.stdout().split('\n')).toHaveLength(2)
  })
})

describe('agents', () => {
  it('are told the URL that is advertised', async () => {
    const args = ['--no-agent', '--advertise', 'https://ecs.example.com']
    const longshore = await startLongshore({ dataDir: place.dataDir, env: place.env, args })
    expect(await longshore.client.send(new DiscoverPollEndpointCommand({}))).toMatchObject({
      endpoint: 'https://ecs.example.com/acs/',
      telemetryEndpoint: 'https://ecs.example.com/tcs/',
    })
    await longshore.stop({ keepData: true })
  })
})

describe('in the background, `up`', () => {
  it('answers when everything is ready; status, env and down know it', async () => {
    const line = answer('up', '--dev', ...SIMULATED)
    expect(line).toMatch(/^Longshore \S+ listens on http:\/\/127\.0\.0\.1:\d+ .*\n$/)
    const [endpoint = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []

    const page = await connectedStatus()
    expect(page).toContain(`on ${endpoint}, process `)
    expect(page).toMatch(/^default +ACTIVE +1 /m)
    expect(page).toMatch(/ACTIVE +connected +simulated /)
    const facts = JSON.parse(answer('status', '--json')) as Record<string, unknown>
    expect(facts).toMatchObject({
      endpoint,
      account: '000000000000',
      runtime: 'simulated',
      isDev: true,
      clusters: [{ clusterName: 'default', containerInstances: [{ agentConnected: true, runtime: 'simulated' }] }],
    })
    expect(answer('env').split('\n')).toEqual([
      `export AWS_ENDPOINT_URL=${endpoint}`,
      'export AWS_REGION=us-east-1',
      'export AWS_DEFAULT_REGION=us-east-1',
      'export AWS_ACCESS_KEY_ID=longshore',
      'export AWS_SECRET_ACCESS_KEY=longshore',
      '',
    ])
    expect(answer('down')).toBe(`Longshore on ${endpoint} has stopped.\n`)
    expect(place.processes()).toEqual([])
    expect(answer('down')).toBe(`Longshore is not running on ${place.dataDir}.\n`)
  })

  it('starts again where it was', async () => {
    answer('up', '--dev', ...SIMULATED)
    answer('down')
    answer('up', '--dev', ...SIMULATED)
    expect(await connectedStatus()).toMatch(/ connected +simulated /)
  })

  it('can do without an agent', () => {
    expect(answer('up', '--no-agent', ...SIMULATED)).toContain('cluster default, no agent)')
    expect(answer('status')).toContain('No container instance has registered.')
  })
})

describe('env', () => {
  it("takes away what of the user's own would get in the way", () => {
    answer('up', '--dev', ...SIMULATED)
    const env = { ...place.env, AWS_PROFILE: 'work', AWS_SESSION_TOKEN: 'token' }
    expect(run(['env'], { env }).stdout).toMatch(/\nunset AWS_PROFILE\nunset AWS_SESSION_TOKEN\n$/)
  })
})

describe('status', () => {
  it('says so when the endpoint does not answer', async () => {
    answer('up', '--dev', ...SIMULATED)
    const { processId } = JSON.parse(answer('status', '--json')) as { processId: number }
    const children = place.processes().filter((id) => id !== processId)
    for (const id of [processId, ...children]) process.kill(id, 'SIGSTOP')
    for (const id of children) process.kill(id, 'SIGKILL')
    const { status, said } = run(['status'], place)
    process.kill(processId, 'SIGCONT')
    expect(status).toBe(1)
    expect(said).toMatch(
      /^longshore: Longshore runs as process \d+, but http:\S+ does not answer as it should \(.*\): its log says why\.\n$/,
    )
  })
})

describe('options', () => {
  it('come from flags over variables over the file', async () => {
    const { port, free } = await aTakenPort()
    free()
    const file = path.join(place.dataDir, 'config.json')
    writeFileSync(
      file,
      JSON.stringify({ port: 1, dev: true, runtime: 'simulated', account: '111111111111', cluster: 'of-the-file' }),
    )
    const env = {
      ...place.env,
      LONGSHORE_CONFIG: file,
      LONGSHORE_PORT: String(port),
      LONGSHORE_CLUSTER: 'of-a-variable',
    }
    const { status, stdout, said } = run(['up', '--detach', '--cluster', 'of-a-flag'], { env })
    expect({ status, said }).toEqual({ status: 0, said: '' })
    expect(stdout).toContain(`http://127.0.0.1:${port} (account 111111111111, region us-east-1, cluster of-a-flag, `)
    expect(answer('env')).toContain('AWS_ACCESS_KEY_ID=longshore')
    expect(answer('status')).toMatch(/^of-a-flag +ACTIVE +1 /m)
  })

  it('are overridden to the last: --no-dev verifies signatures whatever the variables say', async () => {
    const env = { ...place.env, LONGSHORE_DEV: 'true' }
    expect(run(['up', '--no-dev', ...SIMULATED], { env }).status).toBe(0)
    expect(answer('status')).toContain('signatures are verified')
    const [, endpoint = ''] = /AWS_ENDPOINT_URL=(\S+)/.exec(answer('env')) ?? []
    const headers = { 'X-Amz-Target': 'AmazonEC2ContainerServiceV20141113.ListClusters' }
    const { status } = await fetch(endpoint, { method: 'POST', headers, body: '{}' })
    expect(status).toBe(400)
  })
})
