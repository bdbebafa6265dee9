import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld } from '../../../test/iam-service.ts'

const ADA = `arn:aws:iam::${IAM_ACCOUNT}:user/ada`

const trusting = (AWS: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  })

const trustOf = async (iam: IamWorld, RoleName: string): Promise<string> => {
  const { Role } = await iam.call('GetRole', { RoleName })
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')
}

describe('whom a trust policy names', () => {
  it('stays named under another name', async () => {
    const iam = await IamWorld.start()
    await iam.user('ada')
    await iam.call('CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: trusting(ADA) })

    await iam.call('UpdateUser', { UserName: 'ada', NewUserName: 'lovelace' })
    await iam.user('ada')

    expect(await trustOf(iam, 'app')).toBe(trusting(`arn:aws:iam::${IAM_ACCOUNT}:user/lovelace`))
  })

  it('is nobody any more once deleted, whoever gets the name', async () => {
    const iam = await IamWorld.start()
    const { userId } = await iam.user('ada')
    const { Role } = await iam.role('caller')
    await iam.call('CreateRole', { RoleName: 'for-ada', AssumeRolePolicyDocument: trusting(ADA) })
    await iam.call('CreateRole', { RoleName: 'for-caller', AssumeRolePolicyDocument: trusting(Role?.Arn ?? '') })

    await iam.call('DeleteUser', { UserName: 'ada' })
    await iam.call('DeleteRole', { RoleName: 'caller' })
    await iam.user('ada')
    await iam.role('caller')

    expect(await trustOf(iam, 'for-ada')).toBe(trusting(userId))
    expect(await trustOf(iam, 'for-caller')).toBe(trusting(Role?.RoleId ?? ''))
  })

  it('may be named by unique id while there is someone who has it', async () => {
    const iam = await IamWorld.start()
    const { userId } = await iam.user('ada')
    const { Role } = await iam.role('caller')
    const create = (RoleName: string, id = ''): Promise<unknown> =>
      iam.call('CreateRole', { RoleName, AssumeRolePolicyDocument: trusting(id) })
    await create('for-ada', userId)
    await create('for-caller', Role?.RoleId)

    await iam.call('DeleteUser', { UserName: 'ada' })

    await expect(create('late', userId)).rejects.toMatchObject({
      code: 'MalformedPolicyDocumentException',
      message: `Invalid principal in policy: "AWS":"${userId}"`,
    })
  })

  it('is replaced in the policies of keys and secrets, too', async () => {
    const iam = await IamWorld.start()
    const { userId } = await iam.user('ada')
    const policy = trusting(ADA)
    const common = { account: IAM_ACCOUNT, region: 'us-east-1', createdAt: 0, tags: [] }
    await iam.store.transact((tx) => {
      tx.kmsKeys.insert({
        ...common,
        keyId: 'k1',
        arn: 'arn:k1',
        description: '',
        state: 'Enabled',
        policy,
        currentMaterialId: 'm1',
      })
      tx.secrets.insert({ ...common, arn: 'arn:s1', name: 's1', resourcePolicy: policy, changedAt: 0 })
    })

    await iam.call('DeleteUser', { UserName: 'ada' })

    expect(iam.store.tables.kmsKeys.get('k1')?.policy).toBe(trusting(userId))
    expect(iam.store.tables.secrets.get('arn:s1')?.resourcePolicy).toBe(trusting(userId))
  })
})
