import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { anEngineTask } from '../../../test/builders/an-engine-task.ts'
import { ManualClock } from '../../kit/clock.ts'
import { LineLog } from '../../kit/log.ts'
import { loadAgentConfig } from '../config.ts'
import { CredentialsStore } from '../engine/credentials.ts'
import { FirewallError } from '../../kit/network/iptables.ts'
import type { MetadataSource, MetadataTools } from './routes.ts'
import { openTaskMetadata } from './task-metadata.ts'

const ENABLED = { ECS_ENABLE_TASK_IAM_ROLE: 'true', ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'true' }

/** Nothing of which is needed to tell what is known already. */
const NO_TOOLS: MetadataTools = {
  runtime: { inspect: async () => undefined, stats: () => Promise.reject(new Error('not asked for')) },
  api: {
    tagsOf: () => Promise.reject(new Error('not asked for')),
    protection: () => Promise.reject(new Error('not asked for')),
    protect: () => Promise.reject(new Error('not asked for')),
  },
}

/** A port of the loopback interface that something listens on until it is freed. */
const aPort = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, free: () => new Promise((resolve) => server.close(resolve)) }
}

const opened = async (environment: Record<string, string>, install: () => Promise<boolean> = async () => true) => {
  const clock = new ManualClock()
  const lines: string[] = []
  const log = new LineLog({ clock, level: 'debug', format: 'json', write: (line) => void lines.push(line) })
  const done: string[] = []
  const rules = {
    install: () => {
      done.push('install')
      return install()
    },
    remove: async () => void done.push('remove'),
  }
  const metadata = await openTaskMetadata({ config: loadAgentConfig(environment).config, clock, log, rules })
  return { metadata, clock, lines, done }
}

describe('task metadata', () => {
  it('is there without task roles, too', async () => {
    const { port, free } = await aPort()
    await free()
    const { metadata, done, lines } = await opened({ LONGSHORE_TASK_METADATA_PORT: String(port) })
    expect([metadata.isServed, metadata.taskRoles, done, lines]).toEqual([
      true,
      { bridge: false, host: false },
      ['install'],
      [],
    ])
    await metadata.close()
  })

  it('is not there, and touches nothing, where it is turned off; task roles are missed', async () => {
    const off = { LONGSHORE_TASK_METADATA_PORT: '0' }
    const { metadata, done, lines } = await opened(off)
    expect([metadata.isServed, done, lines]).toEqual([false, [], []])
    expect((await opened({ ...off, ...ENABLED })).lines.join('')).toContain('LONGSHORE_TASK_METADATA_PORT is 0')
  })

  it('has the firewall guard the introspection API, where there is one that is not for all', async () => {
    const { port, free } = await aPort()
    await free()
    for (const [environment, isGuarded] of [
      [{}, true],
      [{ LONGSHORE_INTROSPECTION_PORT: '0' }, false],
      [{ ECS_ALLOW_OFFHOST_INTROSPECTION_ACCESS: 'true' }, false],
    ] as const) {
      const { metadata } = await opened({ LONGSHORE_TASK_METADATA_PORT: String(port), ...environment })
      expect(metadata.guardsIntrospection).toBe(isGuarded)
      await metadata.close()
    }
  })

  it('is there for the network modes that are asked for, and leaves nothing behind', async () => {
    const { port, free } = await aPort()
    await free()
    const { metadata, done } = await opened({
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      LONGSHORE_TASK_METADATA_PORT: String(port),
    })
    expect(metadata.taskRoles).toEqual({ bridge: true, host: false })
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503)
    await metadata.close()
    expect(done).toEqual(['install', 'remove'])
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  it('tells tasks of themselves, with the Availability Zone unless it is not to be told', async () => {
    const [container] = anEngineTask().containers
    const task = anEngineTask({ networkMode: 'host' }, { containers: [container!] })
    for (const [ECS_DISABLE_TASK_METADATA_AZ, zone] of [
      ['false', 'us-east-1a'],
      ['true', undefined],
    ] as const) {
      const { port, free } = await aPort()
      await free()
      const { metadata } = await opened({ LONGSHORE_TASK_METADATA_PORT: String(port), ECS_DISABLE_TASK_METADATA_AZ })
      const source: MetadataSource = {
        cluster: 'default',
        containerInstanceArn: undefined,
        place: { availabilityZone: 'us-east-1a', vpcId: 'vpc-1' },
        credentials: new CredentialsStore(),
        tasks: () => [task],
        listen: () => {},
        lastSample: () => undefined,
      }
      metadata.serve(source, async () => NO_TOOLS)
      const base = `http://127.0.0.1:${port}`
      const shown = (await (await fetch(`${base}/v4/${container!.endpointId}/task`)).json()) as Record<string, unknown>
      expect([shown['AvailabilityZone'], shown['VPCID']]).toEqual([zone, 'vpc-1'])
      const state = `${base}/api/${container!.endpointId}/task-protection/v1/state`
      expect((await fetch(state, { method: 'PUT', body: '{"ProtectionEnabled":true}' })).status).toBe(403)
      await metadata.close()
    }
  })

  it('looks after the way to it', async () => {
    const { port, free } = await aPort()
    await free()
    let [isBroken, times] = [false, 0]
    const { metadata, clock, done, lines } = await opened(
      { ...ENABLED, LONGSHORE_TASK_METADATA_PORT: String(port) },
      async () => {
        if (isBroken) throw new FirewallError('iptables is gone')
        return ++times === 2
      },
    )
    await clock.advance(60_000)
    isBroken = true
    await clock.advance(60_000)
    await metadata.close()
    await clock.advance(600_000)
    expect(done).toEqual(['install', 'install', 'install', 'remove'])
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      'rules of the firewall were gone and are back',
      'containers may not reach their metadata and credentials',
    ])
  })

  it('is not there where another agent is, and says so', async () => {
    const { port, free } = await aPort()
    const { metadata, done, lines } = await opened({ ...ENABLED, LONGSHORE_TASK_METADATA_PORT: String(port) })
    expect([metadata.isServed, metadata.taskRoles.bridge, done]).toEqual([false, false, []])
    expect(lines.join('')).toContain(`no task metadata and no task roles: port ${port} is in use`)
    await free()
  })

  it('is not there where the firewall cannot be set up, and says what to do', async () => {
    const { port, free } = await aPort()
    await free()
    const { metadata, lines } = await opened({ ...ENABLED, LONGSHORE_TASK_METADATA_PORT: String(port) }, () =>
      Promise.reject(new FirewallError('there is no iptables: install it')),
    )
    expect(metadata.taskRoles).toEqual({ bridge: false, host: false })
    expect(lines.join('')).toContain('no task metadata and no task roles: there is no iptables: install it')
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  it('is not there for an engine on another host', async () => {
    const { metadata, done } = await opened({ ...ENABLED, DOCKER_HOST: 'tcp://192.0.2.7:2375' })
    expect([metadata.taskRoles.host, done]).toEqual([false, []])
  })
})
