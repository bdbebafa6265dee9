/** What the guard is asked before each operation. */
import { beforeEach, describe, expect, it } from 'vitest'
import { SSM_ACCOUNT, SSM_REGION, SsmWorld } from '../../../test/ssm-service.ts'

const ARN = `arn:aws:ssm:${SSM_REGION}:${SSM_ACCOUNT}:parameter/app/db`
const NAME = '/app/db'
const tags = { 'aws:resourcetag/team': ['blue'], 'ssm:resourcetag/team': ['blue'] }

let world: SsmWorld
beforeEach(async () => {
  world = await SsmWorld.start()
  await world.call('PutParameter', {
    Name: NAME,
    Value: 'v',
    Type: 'SecureString',
    Tags: [{ Key: 'Team', Value: 'blue' }],
  })
})

describe('who calls', () => {
  it.each([
    ['GetParameter', { Name: `${NAME}:1`, WithDecryption: true }],
    ['GetParameterHistory', { Name: NAME }],
    ['LabelParameterVersion', { Name: NAME, Labels: ['x'] }],
    ['DeleteParameter', { Name: NAME }],
    ['ListTagsForResource', { ResourceType: 'Parameter', ResourceId: NAME }],
  ] as const)('%s needs its action on the parameter', async (operation, input) => {
    await world.call(operation, input as never)
    expect(world.demands).toEqual([{ action: `ssm:${operation}`, resource: ARN, context: tags }])
  })

  it('needs the action on each parameter that the request names, there or not', async () => {
    await world.call('GetParameters', { Names: [NAME, 'nowhere'] })
    expect(world.demands.map(({ resource }) => resource)).toEqual([ARN, ARN.replace('app/db', 'nowhere')])
    await world.call('DeleteParameters', { Names: [NAME, 'nowhere'] })
    expect(world.demands).toHaveLength(2)
  })

  it('tells whether a put overwrites, and with which tags', async () => {
    await world.call('PutParameter', { Name: NAME, Value: 'w', Overwrite: true })
    expect(world.demands).toEqual([
      { action: 'ssm:PutParameter', resource: ARN, context: { ...tags, 'ssm:overwrite': ['true'] } },
    ])
    await world.call('PutParameter', { Name: 'b', Value: 'w', Type: 'String', Tags: [{ Key: 'K', Value: 'v' }] })
    const [resource, asked] = [ARN.replace('app/db', 'b'), { 'aws:tagkeys': ['K'], 'aws:requesttag/k': ['v'] }]
    expect(world.demands).toEqual([
      { action: 'ssm:PutParameter', resource, context: { ...asked, 'ssm:overwrite': ['false'] } },
      { action: 'ssm:AddTagsToResource', resource, context: asked },
    ])
  })

  it('needs paths for reading by path, as they are written', async () => {
    await world.call('GetParametersByPath', { Path: '/app/', Recursive: true })
    expect(world.demands).toEqual([
      {
        action: 'ssm:GetParametersByPath',
        resource: ARN.replace('app/db', 'app/'),
        context: { 'ssm:recursive': ['true'] },
      },
    ])
  })

  it('needs all of Systems Manager to describe parameters', async () => {
    await world.call('DescribeParameters', {})
    expect(world.demands).toEqual([
      { action: 'ssm:DescribeParameters', resource: `arn:aws:ssm:${SSM_REGION}:${SSM_ACCOUNT}:*` },
    ])
  })

  it("needs a customer's key as well, to put and to see what it encrypts", async () => {
    const key = await world.makeKey()
    const actions = () => world.demands.filter(({ resource }) => resource === key).map(({ action }) => action)
    await world.call('PutParameter', { Name: '/k/a', Value: 'v', Type: 'SecureString', KeyId: key })
    expect(actions()).toEqual(['kms:Encrypt'])
    await world.call('PutParameter', { Name: '/k/b', Value: 'v', Type: 'SecureString', KeyId: key, Tier: 'Advanced' })
    expect(actions()).toEqual(['kms:GenerateDataKey'])
    await world.call('GetParameter', { Name: '/k/a' })
    expect(actions()).toEqual([])
    for (const [operation, input] of [
      ['GetParameter', { Name: '/k/a' }],
      ['GetParameters', { Names: ['/k/a'] }],
      ['GetParameterHistory', { Name: '/k/a' }],
    ] as const) {
      await world.call(operation, { ...input, WithDecryption: true } as never)
      expect(actions()).toEqual(['kms:Decrypt'])
    }
    await world.call('GetParametersByPath', { Path: '/k', WithDecryption: true })
    expect(actions()).toEqual(['kms:Decrypt', 'kms:Decrypt'])
    expect(world.demands[1]?.context).toMatchObject({
      'kms:viaservice': [`ssm.${SSM_REGION}.amazonaws.com`],
      'kms:encryptioncontext:parameter_arn': [ARN.replace('app/db', 'k/a')],
    })
  })
})
