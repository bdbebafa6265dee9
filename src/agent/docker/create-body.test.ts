import { describe, expect, it } from 'vitest'
import type { PayloadContainer, PayloadTask } from '../../agentlink/acs-messages.ts'
import { SeededIds } from '../../kit/ids.ts'
import { acceptTask } from '../engine/accept.ts'
import type { EngineTask, HostPortRange } from '../engine/task.ts'
import { BodyError } from '../engine/tools.ts'
import { createBodyOf, type CreateBodyOptions, createBodyWith } from './create-body.ts'

const aContainer = (changes: Partial<PayloadContainer> = {}): PayloadContainer => ({
  name: 'web',
  image: 'web:1',
  containerArn: 'arn:aws:ecs:us-east-1:000000000000:container/default/1/2',
  cpu: 256,
  memory: 128,
  essential: true,
  overrides: '{}',
  dockerConfig: {},
  ...changes,
})

const aTask = (changes: Partial<PayloadTask> = {}): EngineTask => {
  const payload: PayloadTask = {
    arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/0123456789abcdef0123456789abcdef',
    family: 'shop',
    version: '7',
    desiredStatus: 'RUNNING',
    containers: [aContainer()],
    ...changes,
  }
  return acceptTask(payload, 0, new SeededIds(1))
}

const OPTIONS: CreateBodyOptions = {
  region: 'eu-west-1',
  cluster: 'default',
  ownLabels: { 'longshore.agent': 'a1' },
  dynamicHostPorts: { first: 40_000, last: 50_000 },
  reservedPorts: [],
  reservedPortsUdp: [],
  disablePrivileged: false,
  propagateTaskMemoryLimit: false,
  imageEnvironment: () => [],
  taskRoles: { bridge: true, host: false },
}

/** The body of the task's first container, untyped as the engine reads it. */
const bodyOf = (task: EngineTask, options: Partial<CreateBodyOptions> = {}) =>
  createBodyOf(task, task.containers[0]!, { ...OPTIONS, ...options }, []) as unknown as {
    Image: string
    Cmd?: string[]
    Entrypoint?: string[]
    Env: string[]
    Labels: Record<string, string>
    ExposedPorts: Record<string, object>
    HostConfig: Record<string, unknown>
    [name: string]: unknown
  }

const bodyOfContainer = (changes: Partial<PayloadContainer>, options: Partial<CreateBodyOptions> = {}) =>
  bodyOf(aTask({ containers: [aContainer(changes)] }), options)

describe('command and environment', () => {
  it('come from the definition, the command from the override', () => {
    const body = bodyOfContainer({
      entryPoint: ['/entry'],
      command: ['serve'],
      overrides: '{"command":["migrate","--all"]}',
      environment: { COLOUR: 'blue' },
    })
    expect(body).toMatchObject({ Image: 'web:1', Entrypoint: ['/entry'], Cmd: ['migrate', '--all'] })
    expect(body.Env).toEqual(['COLOUR=blue', 'AWS_REGION=eu-west-1', 'AWS_DEFAULT_REGION=eu-west-1'])
  })

  it('leave out what is not given, so that the image’s own holds', () => {
    const body = bodyOf(aTask())
    expect(body).not.toHaveProperty('Cmd')
    expect(body).not.toHaveProperty('Entrypoint')
  })

  it('leave the region alone if the task or the image sets either variable', () => {
    expect(bodyOfContainer({ environment: { AWS_DEFAULT_REGION: 'ap-south-1' } }).Env).toEqual([
      'AWS_DEFAULT_REGION=ap-south-1',
    ])
    expect(bodyOf(aTask(), { imageEnvironment: () => ['AWS_REGION=sa-east-1'] }).Env).toEqual([])
  })

  it('says where a container finds out about itself, if it can get there', () => {
    const files = { prepare: () => undefined }
    const found = (networkMode: 'bridge' | 'host' | 'none', isServed = true) =>
      bodyOf(aTask({ networkMode }), { metadata: { isServed, files } }).Env.filter((each) => each.startsWith('ECS_'))
    const id = aTask().containers[0]!.endpointId
    const variables = [
      `ECS_CONTAINER_METADATA_URI=http://169.254.170.2/v3/${id}`,
      `ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/${id}`,
      `ECS_AGENT_URI=http://169.254.170.2/api/${id}`,
    ]
    expect([found('bridge'), found('host')]).toEqual([variables, variables])
    expect([found('none'), found('bridge', false)]).toEqual([[], []])
  })

  it('brings the metadata file to a container that has one', async () => {
    const task = aTask({ networkMode: 'none' })
    const mount = { bind: '/data/metadata/1:/opt/ecs/metadata/1:ro', variable: 'ECS_CONTAINER_METADATA_FILE=f' }
    const files = { prepare: () => mount }
    const body = await createBodyWith({ ...OPTIONS, metadata: { isServed: true, files } })(task, task.containers[0]!)
    expect((body['Env'] as string[]).at(-1)).toBe(mount.variable)
    expect(body['HostConfig']).toMatchObject({ Binds: [mount.bind] })
  })

  it('says where the credentials of the task are, if it has a role and they are served', () => {
    const variable = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
    const found = (task: EngineTask): string[] => bodyOf(task).Env.filter((entry) => entry.startsWith(variable))
    const withRole = (networkMode?: 'bridge' | 'host'): EngineTask => ({
      ...aTask({
        containers: [aContainer({ environment: { [variable]: '/mine' } })],
        ...(networkMode && { networkMode }),
      }),
      credentialsId: 'id',
    })
    expect(found(withRole()).at(-1)).toBe(`${variable}=/v2/credentials/id`)
    expect(found(withRole('bridge')).at(-1)).toBe(`${variable}=/v2/credentials/id`)
    expect(found(withRole('host'))).toEqual([`${variable}=/mine`])
    expect(found(aTask())).toEqual([])
  })
})

describe('CPU and memory', () => {
  it.each([
    [0, 2],
    [1, 2],
    [512, 512],
    [300_000, 262_144],
  ])('turn %i CPU units into %i shares', (cpu, CpuShares) => {
    expect(bodyOfContainer({ cpu }).HostConfig).toMatchObject({ CpuShares })
  })

  it.each([
    [0, 0],
    [4, 6],
    [6, 6],
    [512, 512],
  ])('turn %i MiB into a limit of %i MiB', (memory, expected) => {
    expect(bodyOfContainer({ memory }).HostConfig).toMatchObject({ Memory: expected * 1024 * 1024 })
  })

  it('give a container without limit the task’s where that is wanted', () => {
    const task = aTask({ memory: 512, containers: [aContainer({ memory: 0 })] })
    expect(bodyOf(task).HostConfig).toMatchObject({ Memory: 0 })
    expect(bodyOf(task, { propagateTaskMemoryLimit: true }).HostConfig).toMatchObject({ Memory: 512 * 1024 * 1024 })
  })

  it('put the container below the task’s control group', () => {
    expect(bodyOf(aTask(), { cgroupParent: (arn) => `/ecs/${arn.slice(-4)}` }).HostConfig).toMatchObject({
      CgroupParent: '/ecs/cdef',
    })
  })
})

describe('ports', () => {
  const aMapped = aTask({
    containers: [
      aContainer({
        portMappings: [
          { containerPort: 80, hostPort: 8080, protocol: 'tcp' },
          { containerPort: 80, hostPort: 0, protocol: 'tcp' },
          { containerPort: 53, hostPort: 0, protocol: 'udp' },
        ],
      }),
    ],
  })

  const bindingsWith = async (options: Partial<CreateBodyOptions>): Promise<unknown> => {
    const body = await createBodyWith({ ...OPTIONS, ...options })(aMapped, aMapped.containers[0]!)
    return (body['HostConfig'] as Record<string, unknown>)['PortBindings']
  }

  it('are bound as mapped, dynamic ones to free ports', async () => {
    const ports = { tcp: 40_001, udp: 40_002 }
    expect(await bindingsWith({ freePorts: { take: (protocol) => Promise.resolve(ports[protocol]) } })).toEqual({
      '80/tcp': [{ HostPort: '8080' }, { HostPort: '40001' }],
      '53/udp': [{ HostPort: '40002' }],
    })
  })

  it('that are dynamic are the engine’s to choose where the agent cannot, but no reserved ones', async () => {
    const reserved = { reservedPortsUdp: [49_000] }
    const left = {
      '80/tcp': [{ HostPort: '8080' }, { HostPort: '40000-50000' }],
      '53/udp': [{ HostPort: '40000-48999' }],
    }
    expect(await bindingsWith(reserved)).toEqual(left)
    expect(await bindingsWith({ ...reserved, freePorts: { take: () => Promise.resolve(undefined) } })).toEqual(left)
    await expect(bindingsWith({ dynamicHostPorts: { first: 7, last: 7 }, reservedPorts: [7] })).rejects.toThrow(
      'reserved',
    )
  })

  it('of a range are bound one by one to the host ports that were chosen', () => {
    const task = aTask({
      containers: [aContainer({ portMappings: [{ containerPortRange: '90-91', protocol: 'tcp' }] })],
    })
    const hostPortRanges: HostPortRange[] = [
      { containerPortRange: '90-91', hostPortRange: '41000-41001', protocol: 'tcp' },
    ]
    const chosen = { ...task, containers: [{ ...task.containers[0]!, hostPortRanges }] }
    expect(bodyOf(chosen).HostConfig['PortBindings']).toEqual({
      '90/tcp': [{ HostPort: '41000' }],
      '91/tcp': [{ HostPort: '41001' }],
    })
    expect(() => bodyOf(task)).toThrow(BodyError)
  })

  it.each(['host', 'none'] as const)('are not mapped in network mode %s', (networkMode) => {
    const portMappings = [{ containerPort: 80, hostPort: 80, protocol: 'tcp' as const }]
    const body = bodyOf(aTask({ networkMode, containers: [aContainer({ portMappings })] }))
    expect(body.HostConfig).toMatchObject({ NetworkMode: networkMode, PortBindings: {} })
    expect(body.HostConfig).not.toHaveProperty('Links')
  })
})

describe('volumes and other containers', () => {
  const task = aTask({
    containers: [
      aContainer({
        links: ['db', 'db:store'],
        mountPoints: [
          { sourceVolume: 'host', containerPath: '/host', readOnly: true },
          { sourceVolume: 'own', containerPath: '/own', readOnly: false },
          { sourceVolume: 'shared', containerPath: '/shared', readOnly: false },
        ],
        volumesFrom: [{ sourceContainer: 'db', readOnly: true }],
      }),
      aContainer({ name: 'db' }),
    ],
    volumes: [
      { name: 'host', host: { sourcePath: '/srv/data' } },
      { name: 'own', host: {} },
      { name: 'shared', type: 'docker', dockerVolumeConfiguration: { scope: 'shared', autoprovision: true } },
    ],
  })

  it('are named as the engine knows them', () => {
    const db = task.containers[1]!.dockerName
    expect(bodyOf(task).HostConfig).toMatchObject({
      Binds: ['/srv/data:/host:ro', `${task.volumes[1]!.source}:/own`, 'shared:/shared'],
      VolumesFrom: [`${db}:ro`],
      Links: [`${db}:db`, `${db}:store`],
    })
  })

  it('are refused if the task does not have them', () => {
    const mountPoints = [{ sourceVolume: 'nowhere', containerPath: '/x', readOnly: false }]
    expect(() => bodyOfContainer({ mountPoints })).toThrow('mounts the unknown volume nowhere')
  })
})

describe('dockerConfig', () => {
  it('is laid over the agent’s own settings', () => {
    const body = bodyOfContainer({
      dockerConfig: {
        config:
          '{"User":"nobody","WorkingDir":"/srv","Tty":true,"Healthcheck":{"Test":["CMD","true"],"Interval":1000000000}}',
        hostConfig:
          '{"MemoryReservation":67108864,"CapAdd":["NET_ADMIN"],"Sysctls":{"net.core.somaxconn":"1024"},"ReadonlyRootfs":true}',
      },
    })
    expect(body).toMatchObject({
      User: 'nobody',
      WorkingDir: '/srv',
      Tty: true,
      Healthcheck: { Interval: 1_000_000_000 },
    })
    expect(body.HostConfig).toMatchObject({
      CpuShares: 256,
      MemoryReservation: 67_108_864,
      CapAdd: ['NET_ADMIN'],
      ReadonlyRootfs: true,
    })
  })

  it('cannot take ECS’s labels nor hand restarts to the engine', () => {
    const body = bodyOfContainer({
      dockerConfig: {
        config: '{"Labels":{"team":"shop","com.amazonaws.ecs.cluster":"stolen","longshore.agent":"stolen"}}',
        hostConfig: '{"RestartPolicy":{"Name":"always"}}',
      },
    })
    expect(body.Labels).toEqual({
      team: 'shop',
      'com.amazonaws.ecs.task-arn': 'arn:aws:ecs:us-east-1:000000000000:task/default/0123456789abcdef0123456789abcdef',
      'com.amazonaws.ecs.container-name': 'web',
      'com.amazonaws.ecs.task-definition-family': 'shop',
      'com.amazonaws.ecs.task-definition-version': '7',
      'com.amazonaws.ecs.cluster': 'default',
      'longshore.agent': 'a1',
    })
    expect(body.HostConfig).toMatchObject({ RestartPolicy: { Name: 'no' } })
  })

  it('gets a buffer size for a log driver that does not block', () => {
    const hostConfig = '{"LogConfig":{"Type":"syslog","Config":{"mode":"non-blocking"}}}'
    expect(bodyOfContainer({ dockerConfig: { hostConfig } }).HostConfig).toMatchObject({
      LogConfig: { Type: 'syslog', Config: { mode: 'non-blocking', 'max-buffer-size': '10m' } },
    })
  })

  it.each([
    [{ config: '{' }, 'config'],
    [{ hostConfig: '[]' }, 'hostConfig'],
  ])('is refused if it cannot be read: %j', (dockerConfig, member) => {
    expect(() => bodyOfContainer({ dockerConfig })).toThrow(`unable to decode the container's ${member}`)
  })

  it('may not ask for privileges where they are disabled', () => {
    const dockerConfig = { hostConfig: '{"Privileged":true}' }
    expect(bodyOfContainer({ dockerConfig }).HostConfig).toMatchObject({ Privileged: true })
    expect(() => bodyOfContainer({ dockerConfig }, { disablePrivileged: true })).toThrow('ECS_DISABLE_PRIVILEGED')
  })
})

describe('what this agent cannot do', () => {
  it.each([
    ['awsvpc', aTask({ networkMode: 'awsvpc' })],
    ['pid mode task', aTask({ pidMode: 'task' })],
    ['ipc mode task', aTask({ ipcMode: 'task' })],
    ['environment files', aTask({ containers: [aContainer({ environmentFiles: [{ value: 'arn', type: 's3' }] })] })],
    ['managed agent OtherAgent', aTask({ containers: [aContainer({ managedAgents: [{ name: 'OtherAgent' }] })] })],
  ])('is refused by name: %s', (name, task) => {
    expect(() => bodyOf(task)).toThrow(name)
  })

  it('does not include the modes of the host', () => {
    expect(bodyOf(aTask({ pidMode: 'host', ipcMode: 'none' })).HostConfig).toMatchObject({
      PidMode: 'host',
      IpcMode: 'none',
    })
  })
})
