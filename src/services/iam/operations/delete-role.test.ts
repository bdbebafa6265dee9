import { describe, expect, it } from 'vitest'
import { ANYTHING, IamWorld } from '../../../../test/iam-service.ts'

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

describe('DeleteRole', () => {
  it('refuses until instance profiles and policies are gone', async () => {
    const iam = await IamWorld.start()
    const RoleName = 'app'
    await iam.role(RoleName)
    await iam.call('CreateInstanceProfile', { InstanceProfileName: 'host' })
    await iam.call('AddRoleToInstanceProfile', { InstanceProfileName: 'host', RoleName })
    await iam.call('AttachRolePolicy', { RoleName, PolicyArn: READ_ONLY })
    await iam.call('PutRolePolicy', { RoleName, PolicyName: 'all', PolicyDocument: ANYTHING })
    const refuses = (message: string): Promise<void> =>
      expect(iam.call('DeleteRole', { RoleName })).rejects.toMatchObject({ code: 'DeleteConflictException', message })

    await refuses('Cannot delete entity, must remove roles from instance profile first.')
    await iam.call('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'host', RoleName })
    await refuses('Cannot delete entity, must detach all policies first.')
    await iam.call('DetachRolePolicy', { RoleName, PolicyArn: READ_ONLY })
    await refuses('Cannot delete entity, must delete policies first.')
    await iam.call('DeleteRolePolicy', { RoleName, PolicyName: 'all' })
    await iam.call('DeleteRole', { RoleName })

    expect(iam.store.tables.roles.size).toBe(0)
  })
})
