import type { AttachedPolicy } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../test/iam-service.ts'

const OWN = `arn:aws:iam::${IAM_ACCOUNT}:policy`
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

/** One kind of holder, called `x`. */
interface Kind {
  readonly quota: string
  readonly arn: string
  create(iam: IamWorld): Promise<unknown>
  attach(iam: IamWorld, PolicyArn: string, name?: string): Promise<unknown>
  detach(iam: IamWorld, PolicyArn: string): Promise<unknown>
  list(
    iam: IamWorld,
    input?: object,
  ): Promise<{ AttachedPolicies?: AttachedPolicy[] | undefined; Marker?: string | undefined }>
}

const kinds: Record<string, Kind> = {
  user: {
    quota: 'PoliciesPerUser',
    arn: `arn:aws:iam::${IAM_ACCOUNT}:user/x`,
    create: (iam) => iam.user('x'),
    attach: (iam, PolicyArn, UserName = 'x') => iam.call('AttachUserPolicy', { UserName, PolicyArn }),
    detach: (iam, PolicyArn) => iam.call('DetachUserPolicy', { UserName: 'x', PolicyArn }),
    list: (iam, input) => iam.call('ListAttachedUserPolicies', { UserName: 'x', ...input }),
  },
  group: {
    quota: 'PoliciesPerGroup',
    arn: `arn:aws:iam::${IAM_ACCOUNT}:group/x`,
    create: (iam) => iam.call('CreateGroup', { GroupName: 'x' }),
    attach: (iam, PolicyArn, GroupName = 'x') => iam.call('AttachGroupPolicy', { GroupName, PolicyArn }),
    detach: (iam, PolicyArn) => iam.call('DetachGroupPolicy', { GroupName: 'x', PolicyArn }),
    list: (iam, input) => iam.call('ListAttachedGroupPolicies', { GroupName: 'x', ...input }),
  },
  role: {
    quota: 'PoliciesPerRole',
    arn: `arn:aws:iam::${IAM_ACCOUNT}:role/x`,
    create: (iam) => iam.role('x'),
    attach: (iam, PolicyArn, RoleName = 'x') => iam.call('AttachRolePolicy', { RoleName, PolicyArn }),
    detach: (iam, PolicyArn) => iam.call('DetachRolePolicy', { RoleName: 'x', PolicyArn }),
    list: (iam, input) => iam.call('ListAttachedRolePolicies', { RoleName: 'x', ...input }),
  },
}

describe.each(Object.entries(kinds))('managed policies of a %s', (noun, kind) => {
  const start = async (...policies: string[]): Promise<IamWorld> => {
    const iam = await IamWorld.start()
    await kind.create(iam)
    for (const PolicyName of policies)
      await iam.call('CreatePolicy', { PolicyName, Path: `/${PolicyName}/`, PolicyDocument: ANYTHING })
    return iam
  }

  it('are attached, listed and detached', async () => {
    const iam = await start('own')
    await kind.attach(iam, READ_ONLY)
    await kind.attach(iam, `${OWN}/own/own`)
    await kind.attach(iam, READ_ONLY)

    const ReadOnly = { PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY }
    const Own = { PolicyName: 'own', PolicyArn: `${OWN}/own/own` }
    expect((await kind.list(iam)).AttachedPolicies).toEqual([Own, ReadOnly])
    expect((await kind.list(iam, { PathPrefix: '/own/' })).AttachedPolicies).toEqual([Own])

    await kind.detach(iam, READ_ONLY)
    expect((await kind.list(iam)).AttachedPolicies).toEqual([Own])
  })

  it('are listed in pages', async () => {
    const iam = await start('a', 'b', 'c')
    for (const name of ['c', 'a', 'b']) await kind.attach(iam, `${OWN}/${name}/${name}`)

    const first = await kind.list(iam, { MaxItems: 2 })
    const second = await kind.list(iam, { Marker: first.Marker })

    const found = [first, second].map(({ AttachedPolicies = [] }) => AttachedPolicies.map((each) => each.PolicyName))
    expect(found).toEqual([['a', 'b'], ['c']])
  })

  it('are ten at most', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `p${index}`)
    const iam = await start(...names)
    for (const name of names.slice(0, 10)) await kind.attach(iam, `${OWN}/${name}/${name}`)

    await kind.attach(iam, `${OWN}/p0/p0`)
    await expect(kind.attach(iam, `${OWN}/p10/p10`)).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: `Cannot exceed quota for ${kind.quota}: 10`,
    })
  })

  it(`need permission on the ${noun} for the policy`, async () => {
    const iam = await start()
    await kind.attach(iam, READ_ONLY)

    expect(iam.demands).toMatchObject([{ resource: kind.arn, context: { 'iam:policyarn': [READ_ONLY] } }])
  })

  it('are refused where there is no such policy, or none for everyone', async () => {
    const iam = await start()
    const linked = 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy'

    await expect(kind.attach(iam, `${OWN}/none`)).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: `Policy ${OWN}/none does not exist or is not attachable.`,
    })
    await expect(kind.attach(iam, linked)).rejects.toMatchObject({
      code: 'PolicyNotAttachableException',
      message: 'Cannot attach a Service Role Policy to a Customer Role.',
    })
    await expect(kind.detach(iam, READ_ONLY)).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: `Policy ${READ_ONLY} was not found.`,
    })
  })

  it(`are refused where there is no such ${noun}`, async () => {
    const iam = await start()

    await expect(kind.attach(iam, READ_ONLY, 'nobody')).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: `The ${noun} with name nobody cannot be found.`,
    })
  })
})

describe('managed policies of a service-linked role', () => {
  it("are the service's to change", async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateServiceLinkedRole', { AWSServiceName: 'ecs.amazonaws.com' })
    const role = { RoleName: 'AWSServiceRoleForECS' }

    const { AttachedPolicies } = await iam.call('ListAttachedRolePolicies', role)
    expect(AttachedPolicies).toMatchObject([{ PolicyName: 'AmazonECSServiceRolePolicy' }])
    await expect(iam.call('AttachRolePolicy', { ...role, PolicyArn: READ_ONLY })).rejects.toMatchObject({
      code: 'UnmodifiableEntityException',
    })
  })
})
