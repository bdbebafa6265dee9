import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'
import { aSealer } from '../../../../test/services-deps.ts'
import { defined } from '../../../kit/assert.ts'
import { accessKeyPurpose, accountOfAccessKey } from '../../../model/access-key.ts'

describe('CreateAccessKey', () => {
  it('shows the secret once, and keeps it sealed', async () => {
    const iam = await IamWorld.start()
    const ada = await iam.user('ada')

    const { AccessKey: key } = await iam.call('CreateAccessKey', { UserName: 'ADA' })

    const accessKeyId = key?.AccessKeyId ?? ''
    expect(key).toEqual({
      UserName: 'ada',
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      Status: 'Active',
      SecretAccessKey: expect.stringMatching(/^[\w-]{40}$/),
      CreateDate: new Date(iam.now),
    })
    expect(accountOfAccessKey(accessKeyId)).toBe(IAM_ACCOUNT)
    const row = defined(iam.store.tables.accessKeys.get(accessKeyId), 'the key')
    expect(row).toMatchObject({ principalArn: ada.arn, userId: ada.userId, account: IAM_ACCOUNT, status: 'Active' })
    expect(JSON.stringify(row)).not.toContain(key?.SecretAccessKey)
    expect(aSealer().open(row.sealedSecret, accessKeyPurpose(accessKeyId)).toString()).toBe(key?.SecretAccessKey)
  })

  it('makes keys for who calls if nobody is named', async () => {
    const iam = await IamWorld.start()
    const ada = await iam.user('ada')

    const { AccessKey: hers } = await iam.call('CreateAccessKey', {}, ada)
    expect(iam.demands).toEqual([{ action: 'iam:CreateAccessKey', resource: ada.arn, context: {} }])
    const { AccessKey: roots } = await iam.call('CreateAccessKey', {})

    expect(hers).toMatchObject({ UserName: 'ada' })
    expect(roots).toMatchObject({ UserName: '<root_account>' })
    expect((await iam.call('ListAccessKeys', {})).AccessKeyMetadata).toEqual([
      { AccessKeyId: roots?.AccessKeyId, Status: 'Active', CreateDate: new Date(iam.now) },
    ])
  })

  it('makes two at most, those switched off included', async () => {
    const iam = await IamWorld.start()
    await iam.user('ada')
    const { AccessKey } = await iam.call('CreateAccessKey', { UserName: 'ada' })
    await iam.call('UpdateAccessKey', { UserName: 'ada', AccessKeyId: AccessKey?.AccessKeyId, Status: 'Inactive' })
    await iam.call('CreateAccessKey', { UserName: 'ada' })

    await expect(iam.call('CreateAccessKey', { UserName: 'ada' })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    })
  })

  it('makes none for roles', async () => {
    const iam = await IamWorld.start()
    const arn = `arn:aws:sts::${IAM_ACCOUNT}:assumed-role/app/session`

    await expect(iam.call('CreateAccessKey', {}, { ...rootPrincipal(), arn })).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'Must specify userName when calling with non-User credentials',
    })
  })
})
