import { describe, expect, it } from 'vitest'
import { aRegistration } from '../../../../test/builders/a-registration.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { deregisterContainerInstance } from './deregister-container-instance.ts'
import { putAttributes } from './put-attributes.ts'
import { registerContainerInstance } from './register-container-instance.ts'

const withCluster = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  return ecs
}

const register = async (ecs: EcsHarness, given: Parameters<typeof aRegistration>[0] = {}) => {
  const { containerInstance } = await ecs.call(registerContainerInstance, aRegistration(given))
  return containerInstance!
}

/** Value by name; an attribute without value has an empty one. */
const attributesOf = (instance: Awaited<ReturnType<typeof register>>) =>
  Object.fromEntries(instance.attributes!.map(({ name, value }) => [name, value ?? '']))

const identity = (instanceType: string) =>
  JSON.stringify({
    instanceId: 'i-0123456789abcdef0',
    instanceType,
    imageId: 'ami-12345678',
    availabilityZone: 'eu-west-1b',
    architecture: 'arm64',
  })

describe('RegisterContainerInstance', () => {
  it('answers with the new instance as DescribeContainerInstances would', async () => {
    const ecs = await withCluster()
    const instance = await register(ecs, {
      tags: [{ key: 'rack', value: '7' }],
      versionInfo: { agentVersion: '1.105.1' },
    })
    expect(instance).toEqual({
      containerInstanceArn: expect.stringMatching(
        /^arn:aws:ecs:us-east-1:000000000000:container-instance\/default\/[0-9a-f]{32}$/,
      ),
      version: 1,
      versionInfo: { agentVersion: '1.105.1' },
      registeredResources: [
        { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: 2048 },
        { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: 4096 },
        {
          name: 'PORTS',
          type: 'STRINGSET',
          doubleValue: 0,
          longValue: 0,
          integerValue: 0,
          stringSetValue: ['22', '2376'],
        },
        { name: 'PORTS_UDP', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: [] },
      ],
      remainingResources: instance.registeredResources,
      status: 'ACTIVE',
      agentConnected: false,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      attributes: [
        { name: 'ecs.availability-zone', value: 'us-east-1a' },
        { name: 'ecs.os-type', value: 'linux' },
        { name: 'ecs.capability.container-ordering' },
      ],
      registeredAt: new Date(ecs.clock.now()),
      attachments: [],
      tags: [{ key: 'rack', value: '7' }],
    })
  })

  it('gives every attribute back as it was sent, the availability zone too', async () => {
    const ecs = await withCluster()
    const sent = [
      { name: 'ecs.availability-zone', value: 'rack-7' },
      { name: 'stack', value: 'prod' },
      { name: 'plain' },
    ]
    expect(attributesOf(await register(ecs, { attributes: sent }))).toEqual({
      'ecs.availability-zone': 'rack-7',
      stack: 'prod',
      plain: '',
    })
  })

  it('makes GPUs of the platform devices a resource', async () => {
    const ecs = await withCluster()
    const instance = await register(ecs, {
      platformDevices: [
        { id: 'gpu-a', type: 'GPU' },
        { id: 'gpu-b', type: 'GPU' },
      ],
    })
    expect(instance.registeredResources).toContainEqual({
      name: 'GPU',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: ['gpu-a', 'gpu-b'],
    })
  })

  it('takes what an identity document says of the machine', async () => {
    const ecs = await withCluster()
    const instance = await register(ecs, { instanceIdentityDocument: identity('t4g.small'), attributes: [] })
    expect(instance.ec2InstanceId).toBe('i-0123456789abcdef0')
    expect(attributesOf(instance)).toEqual({
      'ecs.availability-zone': 'eu-west-1b',
      'ecs.instance-type': 't4g.small',
      'ecs.ami-id': 'ami-12345678',
      'ecs.cpu-architecture': 'arm64',
    })
  })

  it('remembers what machine it is when the agent, registering again, does not say it', async () => {
    const ecs = await withCluster()
    const first = await register(ecs, { attributes: [{ name: 'ecs.cpu-architecture', value: 'arm64' }] })
    const { containerInstanceArn } = first
    const again = await register(ecs, { containerInstanceArn, attributes: [{ name: 'ecs.capability.x' }] })
    expect(attributesOf(again)).toMatchObject({ 'ecs.cpu-architecture': 'arm64', 'ecs.capability.x': '' })
  })

  it('makes a second instance for a second registration', async () => {
    const ecs = await withCluster()
    const first = await register(ecs)
    expect((await register(ecs)).containerInstanceArn).not.toBe(first.containerInstanceArn)
  })

  it('makes one instance for one client token, however often it comes', async () => {
    const ecs = await withCluster()
    const first = await register(ecs, { clientToken: 'start-1' })
    expect((await register(ecs, { clientToken: 'start-1' })).containerInstanceArn).toBe(first.containerInstanceArn)
    expect((await register(ecs, { clientToken: 'start-2' })).containerInstanceArn).not.toBe(first.containerInstanceArn)
    expect(ecs.store.tables.containerInstances.size).toBe(2)
  })

  it.each([
    ['a cluster that is not there', { cluster: 'other' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['no CPU', { totalResources: [] }, 'InvalidParameterException', 'The resource CPU of type INTEGER is required.'],
    [
      'a negative amount',
      { totalResources: [{ name: 'CPU', type: 'INTEGER', integerValue: -1 }] },
      'InvalidParameterException',
      'The value of resource CPU is not valid.',
    ],
    [
      'a Neuron device',
      { platformDevices: [{ id: '0', type: 'NEURON_DEVICE' as const }] },
      'InvalidParameterException',
      'Platform devices of type NEURON_DEVICE are not supported.',
    ],
    [
      'an attribute with a bad name',
      { attributes: [{ name: 'a b' }] },
      'InvalidParameterException',
      'The attribute name a b contains invalid characters.',
    ],
    [
      'an attribute value that ends in a space',
      { attributes: [{ name: 'a', value: 'b ' }] },
      'InvalidParameterException',
      'The value of attribute a contains invalid characters.',
    ],
    [
      'an identity document that is not JSON',
      { instanceIdentityDocument: 'i-1' },
      'InvalidParameterException',
      'The instance identity document is not valid.',
    ],
    [
      'more than ten custom attributes',
      { attributes: Array.from({ length: 11 }, (_, number) => ({ name: `custom-${number}` })) },
      'InvalidParameterException',
      'A container instance can have at most 10 custom attributes.',
    ],
  ])('refuses %s', async (_what, given, code, message) => {
    const ecs = await withCluster()
    await expect(register(ecs, given)).rejects.toMatchObject({ code, message })
    expect(ecs.store.tables.containerInstances.size).toBe(0)
  })
})

describe('RegisterContainerInstance with the ARN of an instance', () => {
  it('keeps the ARN and replaces resources and capabilities', async () => {
    const ecs = await withCluster()
    const { containerInstanceArn } = await register(ecs, {
      attributes: [{ name: 'ecs.capability.old' }, { name: 'stack', value: 'prod' }],
      tags: [{ key: 'rack', value: '7' }],
    })
    await ecs.call(putAttributes, { attributes: [{ name: 'owner', value: 'me', targetId: containerInstanceArn }] })
    const again = await register(ecs, {
      containerInstanceArn,
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 512 },
      ],
      attributes: [{ name: 'ecs.capability.new' }],
      tags: [{ key: 'row', value: '3' }],
    })
    expect(again).toMatchObject({
      containerInstanceArn,
      version: 3,
      tags: [
        { key: 'rack', value: '7' },
        { key: 'row', value: '3' },
      ],
    })
    expect(again.registeredResources!.map(({ integerValue }) => integerValue)).toEqual([1024, 512])
    expect(again.remainingResources).toEqual(again.registeredResources)
    expect(attributesOf(again)).toEqual({
      'ecs.availability-zone': 'us-east-1a',
      stack: 'prod',
      owner: 'me',
      'ecs.capability.new': '',
    })
  })

  it('keeps what was said of the machine before, and refuses another instance type', async () => {
    const ecs = await withCluster()
    const attributes = [{ name: 'ecs.vpc-id', value: 'vpc-1' }]
    const { containerInstanceArn } = await register(ecs, {
      instanceIdentityDocument: identity('t4g.small'),
      attributes,
    })
    const again = await register(ecs, { containerInstanceArn, instanceIdentityDocument: '' })
    expect(again.ec2InstanceId).toBe('i-0123456789abcdef0')
    expect(attributesOf(again)).toMatchObject({
      'ecs.instance-type': 't4g.small',
      'ecs.availability-zone': 'eu-west-1b',
      'ecs.vpc-id': 'vpc-1',
    })
    await expect(
      register(ecs, { containerInstanceArn, instanceIdentityDocument: identity('m7g.large') }),
    ).rejects.toMatchObject({ code: 'ClientException', message: 'Container instance type changes are not supported.' })
  })

  it('refuses an instance that was deregistered, and one of another cluster', async () => {
    const ecs = await withCluster()
    await ecs.call(createCluster, { clusterName: 'other' })
    const { containerInstanceArn } = await register(ecs)
    await expect(register(ecs, { cluster: 'other', containerInstanceArn })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
    await ecs.call(deregisterContainerInstance, { containerInstance: containerInstanceArn! })
    await expect(register(ecs, { containerInstanceArn })).rejects.toMatchObject({
      code: 'ClientException',
      message: expect.stringMatching(/^Container instance [0-9a-f]{32} is inactive\.$/),
    })
  })

  it('knows a machine that joined by the name of its session', async () => {
    const ecs = await withCluster()
    const arn = 'arn:aws:sts::000000000000:assumed-role/ecsInstanceRole/mi-0123456789abcdef0'
    const session = { issuerArn: 'arn:aws:iam::000000000000:role/ecsInstanceRole', issuedAt: 0, expiresAt: 1 }
    const principal = {
      arn,
      account: '000000000000',
      userId: 'AROA:mi-0123456789abcdef0',
      accessKeyId: 'ASIA',
      session,
    }
    const { containerInstance } = await ecs.call(registerContainerInstance, aRegistration(), { principal })
    expect(containerInstance?.ec2InstanceId).toBe('mi-0123456789abcdef0')
  })

  it('learns where the machine is from its identity document, else from where it calls', async () => {
    const ecs = await withCluster()
    const addressOf = async (given: Parameters<typeof aRegistration>[0], sourceIp: string) => {
      const { containerInstance } = await ecs.call(registerContainerInstance, aRegistration(given), { sourceIp })
      return ecs.store.tables.containerInstances.get(containerInstance!.containerInstanceArn!.split('/').pop()!)
        ?.privateIpAddress
    }
    expect(await addressOf({}, '::ffff:10.1.2.3')).toBe('10.1.2.3')
    expect(await addressOf({}, '2001:db8::7')).toBe('2001:db8::7')
    const instanceIdentityDocument = JSON.stringify({ privateIp: '10.9.9.9' })
    expect(await addressOf({ instanceIdentityDocument }, '10.1.2.3')).toBe('10.9.9.9')
    const wrong = { instanceIdentityDocument: JSON.stringify({ privateIp: 'host' }) }
    await expect(addressOf(wrong, '10.1.2.3')).rejects.toThrow('is not an IP address')
  })
})
