import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const PolicyArn = `arn:aws:iam::${IAM_ACCOUNT}:policy/a`

const withPolicy = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreatePolicy', { PolicyName: 'a', PolicyDocument: ANYTHING })
  return iam
}

describe('DeletePolicy', () => {
  it('removes a policy with its last version, and its name is free again', async () => {
    const iam = await withPolicy()
    await iam.call('DeletePolicy', { PolicyArn })

    await expect(iam.call('GetPolicy', { PolicyArn })).rejects.toMatchObject({ code: 'NoSuchEntityException' })
    await iam.call('CreatePolicy', { PolicyName: 'A', PolicyDocument: ANYTHING })
  })

  it('refuses while someone has the policy, to be allowed by it or to be limited', async () => {
    const iam = await withPolicy()
    await iam.user('ada')
    const refusal = { code: 'DeleteConflictException', message: 'Cannot delete a policy attached to entities.' }

    await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn })
    await expect(iam.call('DeletePolicy', { PolicyArn })).rejects.toMatchObject(refusal)
    await iam.call('DetachUserPolicy', { UserName: 'ada', PolicyArn })
    await iam.call('PutUserPermissionsBoundary', { UserName: 'ada', PermissionsBoundary: PolicyArn })
    await expect(iam.call('DeletePolicy', { PolicyArn })).rejects.toMatchObject(refusal)
    await iam.call('DeleteUserPermissionsBoundary', { UserName: 'ada' })
    await iam.call('DeletePolicy', { PolicyArn })
  })

  it('refuses while there are further versions', async () => {
    const iam = await withPolicy()
    await iam.call('CreatePolicyVersion', { PolicyArn, PolicyDocument: ANYTHING })

    await expect(iam.call('DeletePolicy', { PolicyArn })).rejects.toMatchObject({
      code: 'DeleteConflictException',
      message: expect.stringMatching(/^This policy has more than one version\. /),
    })
  })

  it("refuses AWS's own", async () => {
    const iam = await withPolicy()
    const awsOwn = { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }

    await expect(iam.call('DeletePolicy', awsOwn)).rejects.toMatchObject({ code: 'AccessDenied', status: 403 })
  })
})
