import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const PolicyArn = `arn:aws:iam::${IAM_ACCOUNT}:policy/a`
const AWS_OWN = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const NOTHING = ANYTHING.replace('Allow', 'Deny')

const withPolicy = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreatePolicy', { PolicyName: 'a', PolicyDocument: ANYTHING })
  return iam
}

const addVersion = (iam: IamWorld, SetAsDefault?: boolean): Promise<unknown> =>
  iam.call('CreatePolicyVersion', { PolicyArn, PolicyDocument: NOTHING, ...(SetAsDefault && { SetAsDefault }) })

const versions = async (iam: IamWorld): Promise<(string | undefined)[]> => {
  const { Versions = [] } = await iam.call('ListPolicyVersions', { PolicyArn })
  return Versions.map(({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion ? ' in effect' : ''}`)
}

describe('versions of policies', () => {
  it('are numbered, and take effect when told to', async () => {
    const iam = await withPolicy()
    iam.now += 1000

    const second = await iam.call('CreatePolicyVersion', { PolicyArn, PolicyDocument: NOTHING })
    await addVersion(iam, true)

    expect(second.PolicyVersion).toEqual({
      VersionId: 'v2',
      IsDefaultVersion: false,
      CreateDate: new Date(iam.now),
    })
    expect(await versions(iam)).toEqual(['v3 in effect', 'v2', 'v1'])
    expect(await iam.call('GetPolicy', { PolicyArn })).toMatchObject({
      Policy: { DefaultVersionId: 'v3', UpdateDate: new Date(iam.now) },
    })
  })

  it('are read back as they were sent, URL-encoded', async () => {
    const iam = await withPolicy()
    const PolicyDocument = ANYTHING.replace('"*"', '"ecs:*"').replaceAll(',', ',\n ')
    await iam.call('CreatePolicyVersion', { PolicyArn, PolicyDocument })

    const { PolicyVersion } = await iam.call('GetPolicyVersion', { PolicyArn, VersionId: 'v2' })

    expect(PolicyVersion?.Document).toMatch(/^%7B%22Version%22%3A/)
    expect(PolicyVersion?.Document).not.toContain('*')
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(PolicyDocument)
  })

  it('are put into effect and deleted, all but the one in effect', async () => {
    const iam = await withPolicy()
    await addVersion(iam)
    await iam.call('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' })

    await expect(iam.call('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' })).rejects.toMatchObject({
      code: 'DeleteConflictException',
      message: 'Cannot delete the default version of a policy.',
    })
    await iam.call('DeletePolicyVersion', { PolicyArn, VersionId: 'v1' })
    expect(await versions(iam)).toEqual(['v2 in effect'])
  })

  it('are five at most, and no number is used twice', async () => {
    const iam = await withPolicy()
    for (let version = 2; version <= 5; version++) await addVersion(iam)
    await expect(addVersion(iam)).rejects.toMatchObject({
      code: 'LimitExceededException',
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    })

    await iam.call('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' })
    await addVersion(iam)

    expect(await versions(iam)).toEqual(['v6', 'v4', 'v3', 'v2', 'v1 in effect'])
  })

  it('are listed in pages, the newest first', async () => {
    const iam = await withPolicy()
    for (let version = 2; version <= 5; version++) await addVersion(iam)
    for (let version = 1; version <= 9; version++) {
      const oldest = (await iam.call('ListPolicyVersions', { PolicyArn })).Versions?.findLast(
        (each) => !each.IsDefaultVersion,
      )
      await iam.call('DeletePolicyVersion', { PolicyArn, VersionId: oldest?.VersionId })
      await addVersion(iam)
    }

    const first = await iam.call('ListPolicyVersions', { PolicyArn, MaxItems: 3 })
    const second = await iam.call('ListPolicyVersions', { PolicyArn, Marker: first.Marker })

    const ids = [first, second].flatMap(({ Versions = [] }) => Versions.map(({ VersionId }) => VersionId))
    expect(ids).toEqual(['v14', 'v13', 'v12', 'v11', 'v1'])
  })

  it("of AWS's own policies can be read, and not changed", async () => {
    const iam = await withPolicy()
    const { Policy } = await iam.call('GetPolicy', { PolicyArn: AWS_OWN })
    const VersionId = Policy?.DefaultVersionId

    const { PolicyVersion } = await iam.call('GetPolicyVersion', { PolicyArn: AWS_OWN, VersionId })

    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toContain('"ecs:Describe*"')
    const changes = [
      iam.call('CreatePolicyVersion', { PolicyArn: AWS_OWN, PolicyDocument: ANYTHING }),
      iam.call('SetDefaultPolicyVersion', { PolicyArn: AWS_OWN, VersionId }),
      iam.call('DeletePolicyVersion', { PolicyArn: AWS_OWN, VersionId }),
    ]
    for (const change of changes) await expect(change).rejects.toMatchObject({ code: 'AccessDenied' })
  })

  it.each([
    ['v7', 'NoSuchEntityException', `Policy ${PolicyArn} version v7 does not exist or is not attachable.`],
    ['7', 'ValidationError', /^1 validation error detected: Value at 'versionId'/],
  ])('are not found as %s', async (VersionId, code, message) => {
    const iam = await withPolicy()

    await expect(iam.call('GetPolicyVersion', { PolicyArn, VersionId })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})
