import { describe, expect, it } from 'vitest'
import { loadAgentConfig } from '../config.ts'
import { routersDirectory } from './routers-directory.ts'

const ALL = ['json-file', 'fluentd']

const directory = (environment: Record<string, string>, loggingDrivers = ALL): string | undefined =>
  routersDirectory(loadAgentConfig({ AWS_DEFAULT_REGION: 'us-east-1', ...environment }).config, { loggingDrivers })

const withDrivers = (...drivers: string[]): string | undefined =>
  directory({ ECS_AVAILABLE_LOGGING_DRIVERS: JSON.stringify(drivers) })

const USUAL = '/var/lib/ecs/data/firelens'

describe('a host has log routers', () => {
  it('in the data directory, by its whole path', () => {
    expect(directory({})).toBe(USUAL)
    expect(directory({ ECS_DATADIR: 'here' })).toBe(`${process.cwd()}/here/firelens`)
  })

  it('if FireLens is made available, or the driver by which lines come to routers', () => {
    expect(withDrivers('awsfirelens')).toBe(USUAL)
    expect(withDrivers('json-file', 'fluentd')).toBe(USUAL)
    expect(withDrivers('json-file', 'awslogs')).toBeUndefined()
  })

  it('if its engine can, and sees the same files', () => {
    expect(directory({}, ['json-file'])).toBeUndefined()
    expect(directory({ DOCKER_HOST: 'tcp://10.0.0.1:2375' })).toBeUndefined()
  })
})
