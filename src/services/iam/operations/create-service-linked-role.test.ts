import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal, TRUST } from '../../../../test/iam-service.ts'

const RoleName = 'AWSServiceRoleForECS'
const ARN = `arn:aws:iam::${IAM_ACCOUNT}:role/aws-service-role`

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreateServiceLinkedRole', { AWSServiceName: 'ecs.amazonaws.com', Description: 'Of ECS.' })
  return iam
}

describe('service-linked roles', () => {
  it('trust their service and have its policy', async () => {
    const iam = await world()

    expect(iam.demands).toEqual([
      {
        action: 'iam:CreateServiceLinkedRole',
        resource: `${ARN}/ecs.amazonaws.com/${RoleName}`,
        context: { 'iam:awsservicename': ['ecs.amazonaws.com'] },
      },
    ])
    const { Role } = await iam.call('GetRole', { RoleName })
    expect(Role).toMatchObject({
      RoleName,
      Path: '/aws-service-role/ecs.amazonaws.com/',
      Arn: `${ARN}/ecs.amazonaws.com/${RoleName}`,
      Description: 'Of ECS.',
      MaxSessionDuration: 3600,
    })
    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    })
    expect(await iam.call('ListAttachedRolePolicies', { RoleName })).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'AmazonECSServiceRolePolicy' }],
    })
  })

  it.each([
    ['elasticloadbalancing.amazonaws.com', 'AWSServiceRoleForElasticLoadBalancing'],
    ['autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling'],
    ['ecs.application-autoscaling.amazonaws.com', 'AWSServiceRoleForApplicationAutoScaling_ECSService'],
  ])('are there for %s', async (AWSServiceName, name) => {
    const iam = await IamWorld.start()

    expect(await iam.call('CreateServiceLinkedRole', { AWSServiceName })).toMatchObject({
      Role: { RoleName: name, Arn: `${ARN}/${AWSServiceName}/${name}` },
    })
  })

  it('have a suffix where the service lets them', async () => {
    const iam = await world()
    const CustomSuffix = 'blue'
    const AWSServiceName = 'autoscaling.amazonaws.com'

    expect(await iam.call('CreateServiceLinkedRole', { AWSServiceName, CustomSuffix })).toMatchObject({
      Role: { RoleName: 'AWSServiceRoleForAutoScaling_blue' },
    })
    await expect(
      iam.call('CreateServiceLinkedRole', { AWSServiceName: 'ecs.amazonaws.com', CustomSuffix }),
    ).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: 'Custom suffix is not allowed for ecs.amazonaws.com',
    })
  })

  it('are there once', async () => {
    const iam = await world()

    await expect(iam.call('CreateServiceLinkedRole', { AWSServiceName: 'ecs.amazonaws.com' })).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    })
  })

  it('are not there for services that have none', async () => {
    const iam = await IamWorld.start()

    await expect(iam.call('CreateServiceLinkedRole', { AWSServiceName: 'none.amazonaws.com' })).rejects.toMatchObject({
      code: 'AccessDenied',
      message: 'Cannot find Service Linked Role template for none.amazonaws.com',
    })
  })

  it('keep what is theirs', async () => {
    const iam = await world()
    await iam.call('CreateInstanceProfile', { InstanceProfileName: 'host' })
    const unmodifiable = {
      code: 'UnmodifiableEntityException',
      message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    }

    await expect(iam.call('DeleteRole', { RoleName })).rejects.toMatchObject(unmodifiable)
    await expect(iam.call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: TRUST })).rejects.toMatchObject(
      unmodifiable,
    )
    await expect(iam.call('AddRoleToInstanceProfile', { InstanceProfileName: 'host', RoleName })).rejects.toMatchObject(
      unmodifiable,
    )
    await expect(iam.call('UpdateRole', { RoleName, MaxSessionDuration: 7200 })).rejects.toMatchObject({
      code: 'UnmodifiableEntityException',
      message: `${RoleName} is an AWS service linked role, max session duration cannot be changed.`,
    })
  })

  it('get other descriptions and tags', async () => {
    const iam = await world()

    await iam.call('UpdateRole', { RoleName, Description: 'after' })
    await iam.call('TagRole', { RoleName, Tags: [{ Key: 'k', Value: 'v' }] })

    expect(await iam.call('GetRole', { RoleName })).toMatchObject({
      Role: { Description: 'after', Tags: [{ Key: 'k', Value: 'v' }] },
    })
  })

  it('are deleted by a task that succeeds', async () => {
    const iam = await world()

    const { DeletionTaskId } = await iam.call('DeleteServiceLinkedRole', { RoleName })

    expect(DeletionTaskId).toMatch(/^task\/aws-service-role\/ecs\.amazonaws\.com\/AWSServiceRoleForECS\/[\w-]+$/)
    await expect(iam.call('GetRole', { RoleName })).rejects.toMatchObject({ code: 'NoSuchEntityException' })
    expect(await iam.call('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId })).toEqual({ Status: 'SUCCEEDED' })
    expect(iam.demands).toMatchObject([{ resource: `${ARN}/ecs.amazonaws.com/${RoleName}` }])
  })

  it('have no deletion tasks but their own', async () => {
    const iam = await world()
    const { DeletionTaskId = '' } = await iam.call('DeleteServiceLinkedRole', { RoleName })
    const status = (id: string, account = IAM_ACCOUNT): Promise<unknown> =>
      iam.call('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId: id }, rootPrincipal(account))

    for (const id of ['task', 'task/aws-service-role/a/b/c', DeletionTaskId.replace('ForECS', 'ForEC2')])
      await expect(status(id)).rejects.toMatchObject({ code: 'NoSuchEntityException' })
    await expect(status(DeletionTaskId, '999999999999')).rejects.toMatchObject({ code: 'NoSuchEntityException' })
  })

  it('are not what other roles are', async () => {
    const iam = await IamWorld.start()
    await iam.role('app')

    await expect(iam.call('DeleteServiceLinkedRole', { RoleName: 'app' })).rejects.toMatchObject({
      code: 'InvalidInputException',
    })
  })
})
