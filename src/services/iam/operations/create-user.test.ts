import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const ARN = `arn:aws:iam::${IAM_ACCOUNT}:user`

describe('CreateUser', () => {
  it('creates a user with everything that the request says', async () => {
    const iam = await IamWorld.start()
    const { Policy } = await iam.call('CreatePolicy', { PolicyName: 'limit', PolicyDocument: ANYTHING })

    const { User } = await iam.call('CreateUser', {
      UserName: 'Ada',
      Path: '/engineers/',
      PermissionsBoundary: Policy?.Arn,
      Tags: [{ Key: 'Team', Value: 'core' }],
    })

    expect(User).toEqual({
      Path: '/engineers/',
      UserName: 'Ada',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: `${ARN}/engineers/Ada`,
      CreateDate: new Date(iam.now),
      PermissionsBoundary: {
        PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
        PermissionsBoundaryArn: `arn:aws:iam::${IAM_ACCOUNT}:policy/limit`,
      },
      Tags: [{ Key: 'Team', Value: 'core' }],
    })
  })

  it('asks for the permission on the user to be, with its tags and its boundary', async () => {
    const iam = await IamWorld.start()
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
    await iam.call('CreateUser', {
      UserName: 'ada',
      Path: '/a/',
      PermissionsBoundary,
      Tags: [{ Key: 'Team', Value: 'core' }],
    })

    expect(iam.demands).toEqual([
      {
        action: 'iam:CreateUser',
        resource: `${ARN}/a/ada`,
        context: {
          'aws:requesttag/team': ['core'],
          'aws:tagkeys': ['Team'],
          'iam:permissionsboundary': [PermissionsBoundary],
        },
      },
    ])
  })

  it('knows names whatever their case', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateUser', { UserName: 'Ada' })

    await expect(iam.call('CreateUser', { UserName: 'ADA', Path: '/other/' })).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'User with name ADA already exists.',
    })
  })

  it('makes no user beyond the quota', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateUser', { UserName: 'first' })
    await iam.store.transact((tx) => {
      const [first] = tx.users.rows()
      for (let n = 1; n < 5000; n++) tx.users.insert({ ...first!, key: `${IAM_ACCOUNT}/user-${n}` })
    })

    await expect(iam.call('CreateUser', { UserName: 'last' })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for UsersPerAccount: 5000',
    })
  })

  it.each([
    [
      'a space in the name',
      { UserName: 'a b' },
      'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
    [
      'an empty name',
      { UserName: '' },
      "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a name and a path that are too long',
      { UserName: 'a'.repeat(65), Path: `/${'a'.repeat(511)}/` },
      "2 validation errors detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64; " +
        "Value at 'path' failed to satisfy constraint: Member must have length less than or equal to 512",
    ],
    [
      'a path that does not end',
      { UserName: 'a', Path: '/a' },
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    ],
    [
      'a tag with characters that tags cannot have',
      { UserName: 'a', Tags: [{ Key: 'a<b', Value: 'v' }] },
      String.raw`1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`,
    ],
    [
      'too many tags',
      { UserName: 'a', Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' })) },
      "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    ],
  ])('refuses %s', async (_, input, message) => {
    const iam = await IamWorld.start()

    await expect(iam.call('CreateUser', input)).rejects.toMatchObject({ code: 'ValidationError', message })
    expect(iam.store.tables.users.size).toBe(0)
  })

  it.each([
    [
      'tags that differ in case only',
      {
        UserName: 'a',
        Tags: [
          { Key: 'k', Value: '1' },
          { Key: 'K', Value: '2' },
        ],
      },
      'InvalidInputException',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      "a tag of AWS's own",
      { UserName: 'a', Tags: [{ Key: 'AWS:x', Value: '' }] },
      'InvalidInputException',
      'aws: prefixed tag key names are not allowed for external use.',
    ],
    [
      'a boundary that is not there',
      { UserName: 'a', PermissionsBoundary: `arn:aws:iam::${IAM_ACCOUNT}:policy/none` },
      'NoSuchEntityException',
      `Scope ARN: arn:aws:iam::${IAM_ACCOUNT}:policy/none does not exist or is not attachable.`,
    ],
  ])('refuses %s', async (_, input, code, message) => {
    const iam = await IamWorld.start()

    await expect(iam.call('CreateUser', input)).rejects.toMatchObject({ code, message })
    expect(iam.store.tables.users.size).toBe(0)
  })
})
