import { describe, expect, it } from 'vitest'
import { ANYTHING, IamWorld } from '../../../../test/iam-service.ts'

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

describe('DeleteGroup', () => {
  it('refuses until policies and users are gone', async () => {
    const iam = await IamWorld.start()
    const GroupName = 'core'
    await iam.call('CreateGroup', { GroupName })
    await iam.user('ada')
    await iam.call('AddUserToGroup', { GroupName, UserName: 'ada' })
    await iam.call('AttachGroupPolicy', { GroupName, PolicyArn: READ_ONLY })
    await iam.call('PutGroupPolicy', { GroupName, PolicyName: 'all', PolicyDocument: ANYTHING })
    const refuses = (message: string): Promise<void> =>
      expect(iam.call('DeleteGroup', { GroupName })).rejects.toMatchObject({ code: 'DeleteConflictException', message })

    await refuses('Cannot delete entity, must detach all policies first.')
    await iam.call('DetachGroupPolicy', { GroupName, PolicyArn: READ_ONLY })
    await refuses('Cannot delete entity, must delete policies first.')
    await iam.call('DeleteGroupPolicy', { GroupName, PolicyName: 'all' })
    await refuses('Cannot delete entity, must remove users from group first.')
    await iam.call('RemoveUserFromGroup', { GroupName, UserName: 'ada' })
    await iam.call('DeleteGroup', { GroupName })

    await expect(iam.call('DeleteGroup', { GroupName })).rejects.toMatchObject({ code: 'NoSuchEntityException' })
  })
})
