import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ConfigError, loadAgentConfig } from './config.ts'
import { LATER_SETTINGS } from './config/later-settings.ts'
import { type Setting, SETTINGS } from './config/settings.ts'

describe('the configuration', () => {
  it('is the environment over the file over the defaults', () => {
    const file = '# comment\nECS_CLUSTER=from-file\nECS_LOGLEVEL = debug \n\nECS_RESERVED_PORTS=[22]\n'
    const { config, warnings } = loadAgentConfig({ ECS_CLUSTER: 'from-environment', ECS_RESERVED_MEMORY: '' }, file)
    expect(config).toMatchObject({
      cluster: 'from-environment',
      logLevel: 'debug',
      reservedPorts: [22],
      reservedMemoryMiB: 0,
      imagePullBehavior: 'default',
      taskCleanupWaitMs: 10_800_000,
    })
    expect(warnings).toEqual([])
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('takes quoted values and passes on what is not the agent’s', () => {
    const { config, variables } = loadAgentConfig(
      {},
      'ECS_INSTANCE_ATTRIBUTES=\'{"rack":"7"}\'\nAWS_ACCESS_KEY_ID="AKID"',
    )
    expect(config.instanceAttributes).toEqual({ rack: '7' })
    expect(variables['AWS_ACCESS_KEY_ID']).toBe('AKID')
  })

  it('reads a name’s older form where the new one is not set', () => {
    expect(loadAgentConfig({ ECS_DOCKER_PULL_INACTIVITY_TIMEOUT: '3m' }).config.imagePullInactivityTimeoutMs).toBe(
      180_000,
    )
    expect(loadAgentConfig({ AWS_REGION: 'eu-west-1' }).config.region).toBe('eu-west-1')
    expect(loadAgentConfig({ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }).config.region).toBe('b')
  })

  it('puts https in front of a bare back-end host', () => {
    expect(loadAgentConfig({ ECS_BACKEND_HOST: 'ecs.example.com' }).config.backendHost).toBe('https://ecs.example.com')
    expect(loadAgentConfig({ ECS_BACKEND_HOST: 'http://127.0.0.1:4566/' }).config.backendHost).toBe(
      'http://127.0.0.1:4566',
    )
  })

  it('names every variable that is wrong, with its value', () => {
    const wrong = () => loadAgentConfig({ ECS_RESERVED_PORTS: '22', ECS_LOGLEVEL: 'loud', DOCKER_HOST: 'ssh://x' })
    expect(wrong).toThrow(ConfigError)
    expect(wrong).toThrow('ECS_RESERVED_PORTS: "22" must be a JSON list of ports, e.g. [22,2375]')
    expect(wrong).toThrow('ECS_LOGLEVEL: "loud" must be one of crit, error, warn, info, debug, none')
    expect(wrong).toThrow('DOCKER_HOST: "ssh://x" must be unix://<path> or tcp://<host>:<port>')
  })

  it('does not repeat registry passwords', () => {
    expect(() => loadAgentConfig({ ECS_ENGINE_AUTH_DATA: 'secret' })).toThrow(
      'ECS_ENGINE_AUTH_DATA: the value must be a JSON object',
    )
  })

  it('warns of what is too small, not supported, unknown, or no setting at all', () => {
    const { config, warnings } = loadAgentConfig(
      {
        ECS_CONTAINER_START_TIMEOUT: '1s',
        ECS_ENABLE_TASK_ENI: 'true',
        ECS_ENABLE_GPU_SUPPORT: 'false',
        ECS_CLUSTR: 'x',
        ECS_SOMETHING_ELSE_ENTIRELY: 'x',
        ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/1',
      },
      'nonsense',
    )
    expect(config.containerStartTimeoutMs).toBe(45_000)
    expect(warnings).toEqual([
      'line 1 of the configuration file is no NAME=value and is ignored',
      'ECS_CONTAINER_START_TIMEOUT: "1s" is outside what is allowed; 45s is used instead',
      'ECS_ENABLE_TASK_ENI is not supported by this version and has no effect',
      'ECS_CLUSTR is no setting of the agent; is ECS_CLUSTER meant?',
      'ECS_SOMETHING_ELSE_ENTIRELY is no setting of the agent',
    ])
  })
})

describe('the page on the configuration', () => {
  const page = readFileSync(new URL('../../docs/guides/agent-configuration.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const variables = new Set(rows.flatMap((row) => row.split('|')[1]!.match(/[A-Z][A-Z0-9_]+/g) ?? []))
  const settings: readonly Setting<unknown>[] = Object.values(SETTINGS)

  it('has every setting, and no other', () => {
    const known = [
      ...settings.flatMap(({ variable, aliases }) => [variable, ...aliases]),
      ...Object.keys(LATER_SETTINGS),
    ]
    expect([...variables].toSorted()).toEqual([...new Set(known)].toSorted())
  })

  it('says which of them this version does not honour', () => {
    const later = rows
      .filter((row) => row.includes('not in this version'))
      .map((row) => /`([A-Z0-9_]+)`/.exec(row)?.[1])
    expect(later.map(String).toSorted()).toEqual(Object.keys(LATER_SETTINGS).toSorted())
  })
})
