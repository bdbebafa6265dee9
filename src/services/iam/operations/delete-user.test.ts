import { describe, expect, it } from 'vitest'
import { ANYTHING, IamWorld } from '../../../../test/iam-service.ts'

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

describe('DeleteUser', () => {
  it('deletes a user that has nothing but tags', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateUser', { UserName: 'ada', Tags: [{ Key: 'k', Value: 'v' }] })

    await iam.call('DeleteUser', { UserName: 'ada' })

    expect(iam.store.tables.users.size).toBe(0)
    await expect(iam.call('DeleteUser', { UserName: 'ada' })).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: 'The user with name ada cannot be found.',
    })
  })

  it('refuses until keys, groups and policies are gone, one after the other', async () => {
    const iam = await IamWorld.start()
    const UserName = 'ada'
    await iam.user(UserName)
    const { AccessKey } = await iam.call('CreateAccessKey', { UserName })
    await iam.call('CreateGroup', { GroupName: 'core' })
    await iam.call('AddUserToGroup', { GroupName: 'core', UserName })
    await iam.call('AttachUserPolicy', { UserName, PolicyArn: READ_ONLY })
    await iam.call('PutUserPolicy', { UserName, PolicyName: 'all', PolicyDocument: ANYTHING })
    const refuses = (message: string): Promise<void> =>
      expect(iam.call('DeleteUser', { UserName })).rejects.toMatchObject({ code: 'DeleteConflictException', message })

    await refuses('Cannot delete entity, must detach all policies first.')
    await iam.call('DetachUserPolicy', { UserName, PolicyArn: READ_ONLY })
    await refuses('Cannot delete entity, must delete policies first.')
    await iam.call('DeleteUserPolicy', { UserName, PolicyName: 'all' })
    await refuses('Cannot delete entity, must delete access keys first.')
    await iam.call('DeleteAccessKey', { UserName, AccessKeyId: AccessKey?.AccessKeyId })
    await refuses('Cannot delete entity, must remove users from group first.')
    await iam.call('RemoveUserFromGroup', { GroupName: 'core', UserName })
    await iam.call('DeleteUser', { UserName })

    expect(iam.store.tables.users.size).toBe(0)
  })
})
