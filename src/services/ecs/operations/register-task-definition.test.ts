import { describe, expect, it } from 'vitest'
import { aFargateDefinition, aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { deleteTaskDefinitions } from './delete-task-definitions.ts'
import { deregisterTaskDefinition } from './deregister-task-definition.ts'
import { registerTaskDefinition } from './register-task-definition.ts'

const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/${name}`

describe('RegisterTaskDefinition', () => {
  it('fills in the defaults of ECS', async () => {
    const ecs = await ecsHarness()

    const output = await ecs.call(registerTaskDefinition, aDefinition())

    expect(output).toEqual({
      taskDefinition: {
        taskDefinitionArn: arnOf('web:1'),
        family: 'web',
        revision: 1,
        status: 'ACTIVE',
        containerDefinitions: [
          {
            name: 'app',
            image: 'busybox',
            cpu: 0,
            memory: 128,
            portMappings: [],
            essential: true,
            environment: [],
            mountPoints: [],
            volumesFrom: [],
            systemControls: [],
          },
        ],
        volumes: [],
        placementConstraints: [],
        requiresAttributes: [],
        compatibilities: ['EXTERNAL', 'EC2'],
        enableFaultInjection: false,
        registeredAt: new Date(ecs.clock.now()),
        registeredBy: `arn:aws:iam::${ACCOUNT}:root`,
      },
      tags: [],
    })
  })

  it('numbers the revisions of a family, and never uses a number again', async () => {
    const ecs = await ecsHarness()
    await ecs.call(registerTaskDefinition, aDefinition())
    await ecs.call(registerTaskDefinition, aDefinition({}, { family: 'other' }))
    await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:1' })
    await ecs.call(deleteTaskDefinitions, { taskDefinitions: ['web:1'] })
    await ecs.store.transact((tx) => tx.taskDefinitions.remove(arnOf('web:1')))

    const { taskDefinition } = await ecs.call(registerTaskDefinition, aDefinition())

    expect(taskDefinition?.taskDefinitionArn).toBe(arnOf('web:2'))
  })

  it('converts sizes and roles as ECS does', async () => {
    const ecs = await ecsHarness()

    const { taskDefinition } = await ecs.call(
      registerTaskDefinition,
      aFargateDefinition(
        {},
        { cpu: '.5 vCPU', memory: '1 GB', taskRoleArn: 'web', requiresCompatibilities: ['FARGATE', 'FARGATE'] },
      ),
    )

    expect(taskDefinition).toMatchObject({
      cpu: '512',
      memory: '1024',
      taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/web`,
      requiresCompatibilities: ['FARGATE'],
      compatibilities: ['EC2', 'FARGATE'],
      networkMode: 'awsvpc',
    })
  })

  it.each([
    [undefined, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]],
    ['bridge', [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]],
    ['awsvpc', [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }]],
    ['host', [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }]],
  ] as const)('completes port mappings for network mode %s', async (networkMode, expected) => {
    const ecs = await ecsHarness()

    const { taskDefinition } = await ecs.call(
      registerTaskDefinition,
      aDefinition({ portMappings: [{ containerPort: 80 }] }, { networkMode }),
    )

    expect(taskDefinition?.containerDefinitions?.[0]?.portMappings).toEqual(expected)
  })

  it('keeps ranges without a host port, and takes any protocol but udp for tcp', async () => {
    const ecs = await ecsHarness()
    const portMappings = [
      { containerPortRange: '1-2', protocol: 'udp' },
      { containerPort: 80, protocol: 'TCP' as never },
    ] as const

    const { taskDefinition } = await ecs.call(registerTaskDefinition, aDefinition({ portMappings: [...portMappings] }))

    expect(taskDefinition?.containerDefinitions?.[0]?.portMappings).toEqual([
      { containerPortRange: '1-2', protocol: 'udp' },
      { containerPort: 80, hostPort: 0, protocol: 'tcp' },
    ])
  })

  it('completes health checks, restart policies and volumes', async () => {
    const ecs = await ecsHarness()

    const { taskDefinition } = await ecs.call(
      registerTaskDefinition,
      aDefinition(
        { healthCheck: { command: ['CMD', 'true'], retries: 5 }, restartPolicy: { enabled: true } },
        {
          volumes: [
            { name: 'empty' },
            { name: 'path', host: { sourcePath: '/srv' } },
            { name: 'docker', dockerVolumeConfiguration: {} },
            { name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-01234567' } },
            { name: 'ebs', configuredAtLaunch: true },
          ],
        },
      ),
    )

    expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({
      healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 5 },
      restartPolicy: { enabled: true, restartAttemptPeriod: 300 },
    })
    expect(taskDefinition?.volumes).toEqual([
      { name: 'empty', host: {} },
      { name: 'path', host: { sourcePath: '/srv' } },
      { name: 'docker', dockerVolumeConfiguration: { scope: 'task', driver: 'local' } },
      { name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-01234567', rootDirectory: '/' } },
      { name: 'ebs', configuredAtLaunch: true },
    ])
  })

  it('answers with the tags, beside the definition', async () => {
    const ecs = await ecsHarness()

    const output = await ecs.call(registerTaskDefinition, aDefinition({}, { tags: [{ key: 'k', value: 'v' }] }))

    expect(output.tags).toEqual([{ key: 'k', value: 'v' }])
    expect(output.taskDefinition).not.toHaveProperty('tags')
  })

  it('refuses a definition of more than 64 KiB', async () => {
    const ecs = await ecsHarness()
    const environment = [{ name: 'LARGE', value: 'x'.repeat(65_536) }]

    await expect(ecs.call(registerTaskDefinition, aDefinition({ environment }))).rejects.toMatchObject({
      code: 'ClientException',
      message: expect.stringMatching(/^Actual length: \d+\. Max allowed length is 65536 bytes\.$/),
    })
  })

  it('leaves nothing behind when it refuses', async () => {
    const ecs = await ecsHarness()

    await expect(ecs.call(registerTaskDefinition, aDefinition({ image: '' }))).rejects.toMatchObject({
      code: 'ClientException',
    })
    await expect(ecs.call(registerTaskDefinition, aDefinition({}, { tags: [{ key: '' }] }))).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
    expect(ecs.store.tables.taskDefinitions.size + ecs.store.tables.taskDefinitionFamilies.size).toBe(0)
  })
})
