import { describe, expect, it } from 'vitest'
import { anEngineContainer, anEngineTask } from '../../../test/builders/an-engine-task.ts'
import type { PayloadContainer } from '../../agentlink/acs-messages.ts'
import type { EngineContainer } from '../engine/task.ts'
import { containerView, taskView } from './task-view.ts'

const HOST = { cluster: 'prod' }

const view = (definition: Partial<PayloadContainer>, progress: Partial<EngineContainer> = {}) =>
  containerView(anEngineContainer(definition, progress), 'v4')

describe('a container, as it sees itself', () => {
  it('has what is known of every container before anything has happened', () => {
    expect(containerView(anEngineContainer({ cpu: 0, memory: 0 }), 'v3')).toEqual({
      DockerId: '',
      Name: 'app',
      DockerName: expect.stringMatching(/^ecs-web-1-app-/) as string,
      Image: 'busybox',
      ImageID: '',
      DesiredStatus: 'RUNNING',
      KnownStatus: 'NONE',
      Limits: { CPU: 2, Memory: 0 },
      Type: 'NORMAL',
    })
  })

  it('has ports as they are bound, or else as they are to be', () => {
    const portMappings = [
      { containerPort: 80, hostPort: 0, protocol: 'tcp' as const },
      { containerPort: 53, hostPort: 5353, protocol: 'udp' as const },
      { containerPortRange: '8000-8010', protocol: 'tcp' as const },
    ]
    expect(view({ portMappings })).toMatchObject({
      Ports: [
        { ContainerPort: 80, Protocol: 'tcp' },
        { ContainerPort: 53, Protocol: 'udp', HostPort: 5353 },
      ],
    })
    const ports = [{ containerPort: 80, hostPort: 49_153, hostIp: '0.0.0.0', protocol: 'tcp' as const }]
    const container = anEngineContainer({ portMappings }, { ports })
    const bound = { ContainerPort: 80, Protocol: 'tcp', HostPort: 49_153 }
    expect(containerView(container, 'v4')).toMatchObject({ Ports: [{ ...bound, HostIp: '0.0.0.0' }] })
    expect(containerView(container, 'v3')['Ports']).toEqual([bound])
  })

  it.each([
    ['bridge', '172.17.0.2', { IPv4Addresses: ['172.17.0.2'] }],
    ['bridge', '', { IPv4Addresses: [''] }],
    ['host', '', {}],
    ['none', '', {}],
  ])('has in mode %s at "%s" the addresses %j', (name, ipv4Address, members) => {
    const networks = [{ name, ipv4Address }]
    expect(view({}, { networks })['Networks']).toEqual([{ NetworkMode: name, ...members }])
  })

  it('has an address of IPv6 where the engine gives it one', () => {
    const networks = [{ name: 'bridge', ipv4Address: '172.17.0.2', ipv6Address: '2001:db8::2' }]
    expect(view({}, { networks })['Networks']).toEqual([
      { NetworkMode: 'bridge', IPv4Addresses: ['172.17.0.2'], IPv6Addresses: ['2001:db8::2'] },
    ])
  })

  it('has a health if it is checked, and says what the last check said', () => {
    expect(view({})).not.toHaveProperty('Health')
    expect(view({ healthCheckType: 'docker' })['Health']).toEqual({ status: 'UNKNOWN' })
    const health = { status: 'UNHEALTHY', since: Date.UTC(2026, 0, 1), output: 'no', exitCode: 1 } as const
    expect(view({ healthCheckType: 'docker' }, { health })['Health']).toEqual({
      status: 'UNHEALTHY',
      statusSince: '2026-01-01T00:00:00Z',
      output: 'no',
      exitCode: 1,
    })
  })

  it('counts its restarts if it has a policy for them', () => {
    expect(view({ restartPolicy: { enabled: false } }, { restartCount: 2 })).not.toHaveProperty('RestartCount')
    expect(view({ restartPolicy: { enabled: true } }, { restartCount: 2 })).toMatchObject({ RestartCount: 2 })
  })

  it('has an end once it has stopped, not while it runs again', () => {
    const ended = { exitCode: 3, finishedAt: Date.UTC(2026, 0, 1) }
    const end = { ExitCode: 3, FinishedAt: '2026-01-01T00:00:00Z' }
    expect(view({}, { ...ended, knownStatus: 'STOPPED' })).toMatchObject(end)
    const again = view({}, { ...ended, knownStatus: 'RUNNING' })
    expect([again['ExitCode'], again['FinishedAt']]).toEqual([undefined, undefined])
  })

  it('knows its log driver and options, but no secret ones and no environment', () => {
    const hostConfig = JSON.stringify({ LogConfig: { Type: 'splunk', Config: { 'splunk-url': 'https://s' } } })
    const secret = { name: 'splunk-token', valueFrom: 'arn', region: 'r', provider: 'asm', type: 'BOOTSTRAP' } as const
    const shown = view({
      dockerConfig: { hostConfig },
      secrets: [{ ...secret, target: 'LOG_DRIVER' }],
      environment: { PASSWORD: 'hidden' },
    })
    expect(shown).toMatchObject({ LogDriver: 'splunk', LogOptions: { 'splunk-url': 'https://s' } })
    expect(JSON.stringify(shown)).not.toMatch(/splunk-token|hidden|PASSWORD/)
    expect(view({ dockerConfig: { hostConfig: 'broken' } })).not.toHaveProperty('LogDriver')
  })
})

describe('a task, as it sees itself', () => {
  it('shows its containers from when their images are there', () => {
    const containers = (['NONE', 'MANIFEST_PULLED', 'PULLED', 'STOPPED'] as const).map((knownStatus) =>
      anEngineContainer({ name: knownStatus }, { knownStatus }),
    )
    const { Containers } = taskView(anEngineTask({}, { containers }), 'v4', HOST) as { Containers: { Name: string }[] }
    expect(Containers.map(({ Name }) => Name)).toEqual(['PULLED', 'STOPPED'])
  })

  it('has limits of its own, in vCPUs and MiB, or none', () => {
    expect(taskView(anEngineTask(), 'v4', HOST)).not.toHaveProperty('Limits')
    expect(taskView(anEngineTask({ cpu: 0.25 }), 'v4', HOST)).toMatchObject({ Limits: { CPU: 0.25 } })
    expect(taskView(anEngineTask({ cpu: 2, memory: 512 }), 'v4', HOST)).toMatchObject({
      Limits: { CPU: 2, Memory: 512 },
    })
  })

  it('tells where it is and what it is part of, the newer things in version 4 only', () => {
    const task = anEngineTask({ launchType: 'FARGATE', serviceName: 'shop', enableFaultInjection: true })
    const host = { ...HOST, availabilityZone: 'us-east-1a', vpcId: 'vpc-1' }
    const common = {
      Cluster: 'prod',
      TaskARN: task.arn,
      Family: 'web',
      Revision: '1',
      DesiredStatus: 'RUNNING',
      KnownStatus: 'NONE',
      AvailabilityZone: 'us-east-1a',
    }
    expect(taskView(task, 'v3', host)).toEqual(common)
    expect(taskView(task, 'v2', host)).toEqual(common)
    expect(taskView(task, 'v4', host)).toEqual({
      ...common,
      LaunchType: 'FARGATE',
      VPCID: 'vpc-1',
      ServiceName: 'shop',
      FaultInjectionEnabled: true,
    })
  })
})
