import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'

const POLICY = `arn:aws:iam::${IAM_ACCOUNT}:policy`
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

describe('GetPolicy', () => {
  it('counts who has the policy, and who has it as a boundary', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreatePolicy', { PolicyName: 'a', PolicyDocument: ANYTHING })
    await iam.user('ada')
    await iam.call('CreateGroup', { GroupName: 'core' })
    await iam.role('app')
    await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn: `${POLICY}/a` })
    await iam.call('AttachGroupPolicy', { GroupName: 'core', PolicyArn: `${POLICY}/a` })
    await iam.call('AttachRolePolicy', { RoleName: 'app', PolicyArn: `${POLICY}/a` })
    await iam.call('PutRolePermissionsBoundary', { RoleName: 'app', PermissionsBoundary: `${POLICY}/a` })

    expect(await iam.call('GetPolicy', { PolicyArn: `${POLICY}/a` })).toMatchObject({
      Policy: { AttachmentCount: 3, PermissionsBoundaryUsageCount: 1, IsAttachable: true },
    })
  })

  it("gives AWS's own, which count in each account by themselves", async () => {
    const iam = await IamWorld.start()
    await iam.user('ada')
    await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn: READ_ONLY })

    expect(await iam.call('GetPolicy', { PolicyArn: READ_ONLY })).toMatchObject({
      Policy: { Arn: READ_ONLY, PolicyName: 'ReadOnlyAccess', Path: '/', AttachmentCount: 1 },
    })
    const elsewhere = await iam.call('GetPolicy', { PolicyArn: READ_ONLY }, rootPrincipal('210987654321'))
    expect(elsewhere).toMatchObject({ Policy: { AttachmentCount: 0 } })
  })

  it('tells that policies of service-linked roles are for these alone', async () => {
    const iam = await IamWorld.start()
    const PolicyArn = 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy'

    expect(await iam.call('GetPolicy', { PolicyArn })).toMatchObject({ Policy: { IsAttachable: false } })
  })

  it.each([
    ['that is not there', `${POLICY}/none`, 'NoSuchEntityException', `Policy ${POLICY}/none was not found.`],
    ['of another account', 'arn:aws:iam::210987654321:policy/a', 'AccessDenied', 'Policy is outside your own account.'],
    ['that is no policy', `${POLICY.replace('policy', 'user')}/somebody`, 'InvalidInputException', /is not valid\.$/],
    ['of too few characters', 'a', 'ValidationError', /^1 validation error detected: /],
  ])('refuses an ARN %s', async (_, PolicyArn, code, message) => {
    const iam = await IamWorld.start()

    await expect(iam.call('GetPolicy', { PolicyArn })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})
