import { describe, expect, it } from 'vitest'
import { loadAgentConfig } from '../config.ts'
import { NO_TASK_ROLES, type TaskRoleSupport } from '../metadata/task-roles.ts'
import type { RuntimeInfo } from '../runtime.ts'
import { capabilities } from './capabilities.ts'
import {
  customAttributes,
  instanceTags,
  lostAttributes,
  placeOf,
  platformAttributes,
  totalResources,
} from './registration.ts'

const INFO: RuntimeInfo = {
  version: '20.10.24',
  apiVersion: '1.41',
  cpus: 2,
  memoryMiB: 8000,
  operatingSystem: 'Debian GNU/Linux 12',
  architecture: 'x86_64',
  cgroupVersion: '1',
  loggingDrivers: ['json-file', 'syslog', 'none'],
  volumePlugins: ['local', 'rexray/ebs:latest'],
}

const namesWith = (
  environment: Record<string, string>,
  given: Partial<Parameters<typeof capabilities>[0]> = {},
): string[] => {
  const { config } = loadAgentConfig(environment)
  const host = {
    info: INFO,
    runtimeName: 'docker',
    hasTaskLimits: true,
    hasLogRouting: true,
    taskRoles: NO_TASK_ROLES,
  } as const
  return capabilities({ config, ...host, ...given }).map(({ name }) => name)
}

describe('capabilities', () => {
  it('are what this version does', () => {
    expect(namesWith({}).toSorted()).toEqual(
      [
        'ecs.capability.container-ordering',
        'ecs.capability.execute-command',
        'longshore.capability.data-channel',
        'ecs.capability.full-sync',
        'ecs.capability.network.container-port-range',
        'ecs.capability.container-restart-policy',
        'ecs.capability.private-registry-authentication.secretsmanager',
        'com.amazonaws.ecs.capability.ecr-auth',
        'ecs.capability.ecr-endpoint',
        'ecs.capability.execution-role-ecr-pull',
        'ecs.capability.secrets.asm.bootstrap.log-driver',
        'ecs.capability.secrets.asm.environment-variables',
        'ecs.capability.secrets.ssm.bootstrap.log-driver',
        'ecs.capability.secrets.ssm.environment-variables',
        'ecs.capability.firelens.fluentbit',
        'ecs.capability.firelens.fluentd',
        'ecs.capability.firelens.non-root-user',
        'ecs.capability.firelens.options.config.file',
        'ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit',
        'com.amazonaws.ecs.capability.logging-driver.awsfirelens',
        'ecs.capability.docker-plugin.local',
        'ecs.capability.docker-plugin.rexray/ebs.latest',
        'ecs.capability.docker-plugin.rexray/ebs',
        ...['17', '18', '19', '20', '21', '22', '23', '24', '25', '28', '29', '30', '32'].map(
          (minor) => `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}`,
        ),
        'com.amazonaws.ecs.capability.logging-driver.json-file',
        'com.amazonaws.ecs.capability.logging-driver.none',
        'com.amazonaws.ecs.capability.logging-driver.syslog',
        'com.amazonaws.ecs.capability.privileged-container',
        'ecs.capability.task-cpu-mem-limit',
        'ecs.capability.increased-task-cpu-limit',
        'ecs.capability.container-health-check',
        'longshore.runtime',
      ].toSorted(),
    )
  })

  it('offer the log drivers that the engine has and this host can use, as far as the operator wants', () => {
    const info = { ...INFO, loggingDrivers: ['awslogs', 'journald', 'local', 'logfmt', 'none'] }
    const driversOf = (environment: Record<string, string>, useless: readonly string[] = []) =>
      namesWith(environment, { info, hasLogRouting: false, uselessLoggingDrivers: new Set(useless) }).filter((name) =>
        /logging-driver|awslogs/.test(name),
      )
    const drivers = 'com.amazonaws.ecs.capability.logging-driver'
    expect(driversOf({}).toSorted()).toEqual([
      ...['awslogs', 'journald', 'local', 'none'].map((name) => `${drivers}.${name}`),
      'ecs.capability.execution-role-awslogs',
    ])
    expect(driversOf({ ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE: 'false' })).not.toContain(
      'ecs.capability.execution-role-awslogs',
    )
    expect(driversOf({}, ['awslogs', 'journald'])).toEqual([`${drivers}.local`, `${drivers}.none`])
    expect(driversOf({ ECS_AVAILABLE_LOGGING_DRIVERS: '["none","syslog"]' })).toEqual([`${drivers}.none`])
  })

  it('follow the settings', () => {
    const names = namesWith(
      {
        ECS_DISABLE_PRIVILEGED: 'true',
        ECS_DISABLE_DOCKER_HEALTH_CHECK: 'true',
        ECS_SELINUX_CAPABLE: 'true',
        ECS_AVAILABLE_LOGGING_DRIVERS: '["syslog","journald","awsfirelens"]',
      },
      { hasTaskLimits: false, hasLogRouting: false },
    )
    expect(names).toContain('com.amazonaws.ecs.capability.selinux')
    expect(names).toContain('com.amazonaws.ecs.capability.logging-driver.syslog')
    for (const absent of ['privileged-container', 'health-check', 'journald', 'firelens', 'task-cpu-mem-limit']) {
      expect(names.filter((name) => name.includes(absent))).toEqual([])
    }
  })

  it('promise task roles for the network modes whose tasks really get their credentials', () => {
    const roles = (taskRoles: TaskRoleSupport): string[] =>
      namesWith({}, { taskRoles }).filter((name) => name.includes('task-iam-role'))
    expect(roles({ bridge: true, host: false })).toEqual(['com.amazonaws.ecs.capability.task-iam-role'])
    expect(roles({ bridge: false, host: true })).toEqual(['com.amazonaws.ecs.capability.task-iam-role-network-host'])
  })

  it('name the runtime, so that simulated tasks are never taken for real ones', () => {
    const [last] = capabilities({
      config: loadAgentConfig({}).config,
      info: INFO,
      runtimeName: 'simulated',
      hasTaskLimits: false,
      hasLogRouting: false,
      taskRoles: NO_TASK_ROLES,
    }).slice(-1)
    expect(last).toEqual({ name: 'longshore.runtime', value: 'simulated' })
  })
})

describe('a registration', () => {
  it('tells what the host has, less what is reserved', () => {
    const { config } = loadAgentConfig({ ECS_RESERVED_MEMORY: '1000', ECS_RESERVED_PORTS_UDP: '[53]' })
    expect(totalResources(config, INFO)).toEqual([
      { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 7000 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679', '51680'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: ['53'] },
    ])
    expect(() => totalResources(loadAgentConfig({ ECS_RESERVED_MEMORY: '9000' }).config, INFO)).toThrow(
      'ECS_RESERVED_MEMORY',
    )
  })

  it('tells what the host is and what the operator says of it', () => {
    const { config } = loadAgentConfig({
      ECS_INSTANCE_ATTRIBUTES: '{"ecs.availability-zone":"zone-a","ssd":""}',
      ECS_CONTAINER_INSTANCE_TAGS: '{"team":"shop"}',
      ECS_DETAILED_OS_FAMILY: 'debian_12',
    })
    expect(platformAttributes(config, { architecture: 'arm64' })).toEqual([
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.os-family', value: 'LINUX' },
      { name: 'ecs.os-type-detailed', value: 'debian_12' },
      { name: 'ecs.cpu-architecture', value: 'arm64' },
    ])
    expect(customAttributes(config)).toEqual([{ name: 'ecs.availability-zone', value: 'zone-a' }, { name: 'ssd' }])
    expect(instanceTags(config)).toEqual([{ key: 'team', value: 'shop' }])
  })

  it('must come back with every attribute as it was sent', () => {
    const sent = [{ name: 'a' }, { name: 'b', value: '1' }, { name: 'c', value: '2' }]
    expect(
      lostAttributes(sent, [
        { name: 'a', value: '' },
        { name: 'b', value: '1' },
        { name: 'c', value: '2' },
      ]),
    ).toEqual([])
    expect(
      lostAttributes(sent, [
        { name: 'b', value: 'other' },
        { name: 'c', value: '2' },
      ]),
    ).toEqual([{ name: 'a' }, { name: 'b', value: '1' }])
  })
})

describe('where the host is', () => {
  it('is what the control plane has it registered with', () => {
    const zone = { name: 'ecs.availability-zone', value: 'us-east-1b' }
    expect(placeOf([zone, { name: 'other' }])).toEqual({ availabilityZone: 'us-east-1b' })
    expect(placeOf([zone, { name: 'ecs.vpc-id', value: 'vpc-1' }])).toMatchObject({ vpcId: 'vpc-1' })
    expect(placeOf([])).toEqual({})
  })
})
