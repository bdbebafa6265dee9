import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../test/iam-service.ts'

const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess'
const OWN = `arn:aws:iam::${IAM_ACCOUNT}:policy/own`

interface Kind {
  create(iam: IamWorld): Promise<unknown>
  put(iam: IamWorld, PermissionsBoundary: string): Promise<unknown>
  remove(iam: IamWorld): Promise<unknown>
  get(iam: IamWorld): Promise<unknown>
}

const kinds: Record<string, Kind> = {
  user: {
    create: (iam) => iam.user('x'),
    put: (iam, PermissionsBoundary) => iam.call('PutUserPermissionsBoundary', { UserName: 'x', PermissionsBoundary }),
    remove: (iam) => iam.call('DeleteUserPermissionsBoundary', { UserName: 'x' }),
    get: async (iam) => (await iam.call('GetUser', { UserName: 'x' })).User?.PermissionsBoundary,
  },
  role: {
    create: (iam) => iam.role('x'),
    put: (iam, PermissionsBoundary) => iam.call('PutRolePermissionsBoundary', { RoleName: 'x', PermissionsBoundary }),
    remove: (iam) => iam.call('DeleteRolePermissionsBoundary', { RoleName: 'x' }),
    get: async (iam) => (await iam.call('GetRole', { RoleName: 'x' })).Role?.PermissionsBoundary,
  },
}

describe.each(Object.entries(kinds))('the permissions boundary of a %s', (noun, kind) => {
  const start = async (): Promise<IamWorld> => {
    const iam = await IamWorld.start()
    await kind.create(iam)
    await iam.call('CreatePolicy', { PolicyName: 'own', PolicyDocument: ANYTHING })
    return iam
  }

  it('is set, replaced and removed', async () => {
    const iam = await start()
    await kind.put(iam, POWER_USER)
    await kind.put(iam, OWN)
    expect(await kind.get(iam)).toEqual({
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
      PermissionsBoundaryArn: OWN,
    })

    await kind.remove(iam)
    await kind.remove(iam)
    expect(await kind.get(iam)).toBeUndefined()
  })

  it('needs permission for the boundary that it becomes, or was', async () => {
    const iam = await start()
    const resource = `arn:aws:iam::${IAM_ACCOUNT}:${noun}/x`
    await kind.put(iam, OWN)
    expect(iam.demands).toMatchObject([{ resource, context: { 'iam:permissionsboundary': [OWN] } }])

    await kind.remove(iam)
    expect(iam.demands).toMatchObject([{ resource, context: { 'iam:permissionsboundary': [OWN] } }])
  })

  it('must be a policy that there is', async () => {
    const iam = await start()

    await expect(kind.put(iam, `${OWN}er`)).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: `Scope ARN: ${OWN}er does not exist or is not attachable.`,
    })
    await expect(
      kind.put(iam, 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy'),
    ).rejects.toMatchObject({ code: 'PolicyNotAttachableException' })
    await expect(kind.put(iam, `arn:aws:iam::${IAM_ACCOUNT}:user/x`)).rejects.toMatchObject({
      code: 'InvalidInputException',
    })
  })
})
