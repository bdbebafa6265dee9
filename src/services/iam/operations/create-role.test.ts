import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld, TRUST } from '../../../../test/iam-service.ts'

const ARN = `arn:aws:iam::${IAM_ACCOUNT}:role`

const trusting = (AWS: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  })

describe('CreateRole', () => {
  it('creates a role with everything that the request says', async () => {
    const iam = await IamWorld.start()
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

    const { Role } = await iam.call('CreateRole', {
      RoleName: 'App',
      Path: '/service/',
      AssumeRolePolicyDocument: TRUST,
      Description: 'Of the app.',
      MaxSessionDuration: 7200,
      PermissionsBoundary,
      Tags: [{ Key: 'Team', Value: 'core' }],
    })

    expect(iam.demands).toEqual([
      {
        action: 'iam:CreateRole',
        resource: `${ARN}/service/App`,
        context: {
          'aws:requesttag/team': ['core'],
          'aws:tagkeys': ['Team'],
          'iam:permissionsboundary': [PermissionsBoundary],
        },
      },
    ])
    expect(Role).toEqual({
      Path: '/service/',
      RoleName: 'App',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: `${ARN}/service/App`,
      CreateDate: new Date(iam.now),
      AssumeRolePolicyDocument: expect.stringMatching(/^%7B%22Version%22%3A%222012-10-17%22/),
      Description: 'Of the app.',
      MaxSessionDuration: 7200,
      PermissionsBoundary: {
        PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
        PermissionsBoundaryArn: PermissionsBoundary,
      },
      Tags: [{ Key: 'Team', Value: 'core' }],
    })
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST)
    expect(await iam.call('GetRole', { RoleName: 'app' })).toEqual({ Role: { ...Role, RoleLastUsed: {} } })
  })

  it('lets sessions last an hour unless told otherwise', async () => {
    const iam = await IamWorld.start()

    expect(await iam.role('app')).toMatchObject({ Role: { MaxSessionDuration: 3600, Path: '/' } })
  })

  it('knows names whatever their case', async () => {
    const iam = await IamWorld.start()
    await iam.role('App')

    await expect(iam.role('app')).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'Role with name app already exists.',
    })
  })

  it('trusts users and roles that there are, and other accounts', async () => {
    const iam = await IamWorld.start()
    const ada = await iam.user('ada')
    const { Role } = await iam.role('app')
    const create = (RoleName: string, AWS: string): Promise<unknown> =>
      iam.call('CreateRole', { RoleName, AssumeRolePolicyDocument: trusting(AWS) })

    await create('for-ada', ada.arn)
    await create('for-app', Role?.Arn ?? '')
    await create('for-others', 'arn:aws:iam::999999999999:user/none')
    await create('for-account', IAM_ACCOUNT)
    await create('for-all', '*')

    for (const missing of [`arn:aws:iam::${IAM_ACCOUNT}:user/none`, `${ARN}/none`, `${ARN}/x/app`])
      await expect(create('no', missing)).rejects.toMatchObject({
        code: 'MalformedPolicyDocumentException',
        message: `Invalid principal in policy: "AWS":"${missing}"`,
      })
  })

  it.each([
    ['a trust policy that is none', { AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocumentException'],
    ['a policy without principals', { AssumeRolePolicyDocument: ANYTHING }, 'MalformedPolicyDocumentException'],
    [
      'a long trust policy',
      { AssumeRolePolicyDocument: trusting('*').replace('"Effect"', `"Sid":"${'a'.repeat(2048)}","Effect"`) },
      'LimitExceededException',
    ],
    ['a short session', { MaxSessionDuration: 3599 }, 'ValidationError'],
    ['a long session', { MaxSessionDuration: 43_201 }, 'ValidationError'],
    ['a description with other characters', { Description: '\u2013' }, 'ValidationError'],
    ['a long name', { RoleName: 'a'.repeat(65) }, 'ValidationError'],
    ["a path of services' own roles", { Path: '/aws-service-role/x/' }, 'InvalidInputException'],
    [
      'a boundary that is not there',
      { PermissionsBoundary: `arn:aws:iam::${IAM_ACCOUNT}:policy/none` },
      'NoSuchEntityException',
    ],
  ])('refuses %s', async (_, given, code) => {
    const iam = await IamWorld.start()
    const input = { RoleName: 'app', AssumeRolePolicyDocument: TRUST, ...given }

    await expect(iam.call('CreateRole', input)).rejects.toMatchObject({ code })
    expect(iam.store.tables.roles.size).toBe(0)
  })

  it('counts no white space of trust policies', async () => {
    const iam = await IamWorld.start()
    const AssumeRolePolicyDocument = TRUST.replaceAll(',', `,${' '.repeat(1000)}`)

    await iam.call('CreateRole', { RoleName: 'app', AssumeRolePolicyDocument })

    expect(iam.store.tables.roles.size).toBe(1)
  })
})
