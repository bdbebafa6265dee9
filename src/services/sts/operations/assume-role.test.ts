import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { rootCaller, sessionCaller, userCaller } from '../../../../test/builders/a-principal.ts'
import { aRole, aUser, trusting } from '../../../../test/builders/a-role.ts'
import { refusalOf } from '../../../../test/refusal-of.ts'
import { STS_NOW, stsWorld } from '../../../../test/sts-service.ts'
import type { RoleRecord, UserRecord } from '../../../model/iam-records.ts'
import type { Principal } from '../../../model/principal.ts'
import { type Guard, noGuard } from '../../operations.ts'

const ACCOUNT = '000000000000'
const SECOND = Math.floor(STS_NOW / 1000) * 1000
const TAGGING = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: ['sts:TagSession', 'sts:SetSourceIdentity'] }

const allowing = (...actions: string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] })

const mayAssume = { inlinePolicies: { all: allowing('sts:*') } }
const ada = aUser(mayAssume)
const tagged = aRole({ assumeRolePolicyDocument: trusting({ AWS: ACCOUNT }, TAGGING) })

interface Given {
  readonly role?: RoleRecord
  readonly roles?: readonly RoleRecord[]
  readonly caller?: UserRecord
  readonly guard?: Guard
}

const world = async ({ role = aRole(), caller = ada, roles = [], guard }: Given = {}) => {
  const sts = await stsWorld({ roles: [role, ...roles], users: [caller], ...(guard && { deps: { guard } }) })
  const assume = (input: Partial<AssumeRoleRequest> = {}, principal: Principal = userCaller(caller)) =>
    sts.call<AssumeRoleResponse>('AssumeRole', { RoleArn: role.arn, RoleSessionName: 'one', ...input }, principal)
  return { ...sts, assume, role }
}

describe('an assumed role', () => {
  it('has credentials for an hour, with the session’s name', async () => {
    const { assume, whoHas, role } = await world()
    const answer = await assume()
    expect(answer).toEqual({
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA/) as string,
        SecretAccessKey: expect.stringMatching(/^.{40}$/) as string,
        SessionToken: expect.any(String) as string,
        Expiration: new Date(SECOND + 3_600_000),
      },
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/one`,
        AssumedRoleId: `${role.roleId}:one`,
      },
      SessionTokenSize: answer.Credentials?.SessionToken?.length,
      SessionTokenUtilization: expect.any(Number) as number,
    })
    expect(whoHas(answer.Credentials)).toEqual({
      arn: answer.AssumedRoleUser?.Arn,
      account: ACCOUNT,
      userId: answer.AssumedRoleUser?.AssumedRoleId,
      accessKeyId: answer.Credentials?.AccessKeyId,
      session: { issuerArn: role.arn, issuedAt: SECOND, expiresAt: SECOND + 3_600_000 },
    })
  })

  it('lasts as long as is asked for, within the role’s limit', async () => {
    const { assume } = await world({ role: aRole({ maxSessionDurationSeconds: 7200 }) })
    const { Credentials } = await assume({ DurationSeconds: 7200 })
    expect(Credentials?.Expiration?.getTime()).toBe(SECOND + 7_200_000)
    expect(await refusalOf(assume({ DurationSeconds: 7201 }))).toEqual([
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ])
  })

  it('lasts an hour at most if a role assumes it', async () => {
    const other = aRole({ roleName: 'other', ...mayAssume })
    const { assume } = await world({ role: aRole({ maxSessionDurationSeconds: 7200 }), roles: [other] })
    expect((await assume({ DurationSeconds: 3600 }, sessionCaller(other))).Credentials).toBeDefined()
    expect(await refusalOf(assume({ DurationSeconds: 3601 }, sessionCaller(other)))).toEqual([
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    ])
  })

  it('has its path in its own ARN only', async () => {
    const { assume, role } = await world({ role: aRole({ path: '/team/' }) })
    expect((await assume()).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/app/one`)
    expect((await refusalOf(assume({ RoleArn: aRole().arn })))[0]).toBe('AccessDenied')
    expect(role.arn).toContain(':role/team/app')
  })
})

describe('a role may be assumed', () => {
  const nobody = aUser({ userName: 'bob' })

  it.each([
    [
      'by whom its trust policy names, without any other permission',
      { AWS: aUser({ userName: 'bob' }).arn },
      nobody,
      true,
    ],
    ['by an account’s users if they have permission', { AWS: ACCOUNT }, ada, true],
    ['by an account’s users not without it', { AWS: ACCOUNT }, nobody, false],
    ['by nobody whom its trust policy leaves out, permission or not', { AWS: nobody.arn }, ada, false],
    ['by nobody if it is for a service', { Service: 'ecs-tasks.amazonaws.com' }, ada, false],
  ])('%s', async (_case, principal, caller, isAllowed) => {
    const { assume } = await world({ role: aRole({ assumeRolePolicyDocument: trusting(principal) }), caller })
    const outcome = await assume().then(
      () => true,
      () => false,
    )
    expect(outcome).toBe(isAllowed)
  })

  it('not if it is not there, which is said in the words of a denial', async () => {
    const { assume } = await world()
    const [code, message] = await refusalOf(assume({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/imagined` }))
    expect(code).toBe('AccessDenied')
    expect(message).toContain(
      `User: ${ada.arn} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/imagined`,
    )
    const dev = await world({ guard: noGuard })
    expect((await refusalOf(dev.assume({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/imagined` })))[0]).toBe('AccessDenied')
  })

  it('not by the root user or a federated user', async () => {
    const { assume } = await world()
    expect(await refusalOf(assume({}, rootCaller()))).toEqual([
      'AccessDenied',
      'Roles may not be assumed by root accounts.',
    ])
    const federated: Principal = {
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/eve`,
      account: ACCOUNT,
      userId: `${ACCOUNT}:eve`,
      accessKeyId: 'ASIA1',
      session: { issuerArn: ada.arn, issuedAt: 0, expiresAt: STS_NOW * 2, policies: [allowing('*')] },
    }
    expect((await refusalOf(assume({}, federated)))[0]).toBe('AccessDenied')
  })

  it('by everyone where nobody is held to policies', async () => {
    const role = aRole({ assumeRolePolicyDocument: trusting({ Service: 'ecs-tasks.amazonaws.com' }) })
    const { assume } = await world({ role, guard: noGuard })
    expect((await assume({}, rootCaller())).Credentials).toBeDefined()
  })

  it('with an external id only, if its trust policy wants one', async () => {
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: ACCOUNT },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': 'secret/1' } },
        },
      ],
    })
    const { assume } = await world({ role: aRole({ assumeRolePolicyDocument: document }) })
    expect((await assume({ ExternalId: 'secret/1' })).Credentials).toBeDefined()
    expect((await refusalOf(assume({ ExternalId: 'secret/2' })))[0]).toBe('AccessDenied')
    expect((await refusalOf(assume()))[0]).toBe('AccessDenied')
  })
})

describe('session tags', () => {
  const tags = [
    { Key: 'team', Value: 'blue' },
    { Key: 'Cost', Value: '1' },
  ]

  it('need permission of both sides', async () => {
    expect((await refusalOf((await world()).assume({ Tags: tags })))[1]).toContain('sts:TagSession')
    const only = aUser({ inlinePolicies: { assume: allowing('sts:AssumeRole') } })
    const { assume } = await world({ role: tagged, caller: only })
    expect((await refusalOf(assume({ Tags: tags })))[1]).toContain('sts:TagSession')
  })

  it('are the session’s, and go on to the next role if they are transitive', async () => {
    const { assume, whoHas } = await world({ role: aRole({ ...tagged, ...mayAssume }) })
    const first = whoHas((await assume({ Tags: tags, TransitiveTagKeys: ['team'] })).Credentials)
    expect(first?.session?.tags).toEqual([
      { key: 'team', value: 'blue' },
      { key: 'Cost', value: '1' },
    ])
    const second = whoHas((await assume({ Tags: [{ Key: 'own', Value: '' }] }, first)).Credentials)
    expect(second?.session).toMatchObject({
      tags: [
        { key: 'team', value: 'blue' },
        { key: 'own', value: '' },
      ],
      transitiveTagKeys: ['team'],
    })
    const third = whoHas((await assume({}, second)).Credentials)
    expect(third?.session?.tags).toEqual([{ key: 'team', value: 'blue' }])
    expect(await refusalOf(assume({ Tags: [{ Key: 'TEAM', Value: 'red' }] }, second))).toEqual([
      'InvalidParameterValue',
      expect.stringContaining('conflicts with a transitive tag key from the calling session') as string,
    ])
  })

  it('that are inherited need permission, too', async () => {
    const caller = sessionCaller(aRole({ roleName: 'other', ...mayAssume }), {
      tags: [{ key: 'team', value: 'blue' }],
      transitiveTagKeys: ['team'],
    })
    const { assume } = await world({ roles: [aRole({ roleName: 'other', ...mayAssume })] })
    expect((await refusalOf(assume({}, caller)))[1]).toContain('sts:TagSession')
  })

  it.each([
    [{ Tags: [...tags, { Key: 'TEAM', Value: '' }] }, 'Duplicate tag keys found'],
    [{ Tags: tags, TransitiveTagKeys: ['other'] }, 'must be included in the requested tags'],
    [{ Tags: [{ Key: 'aws:x', Value: '' }] }, 'reserved'],
    [{ Tags: [{ Key: 'x', Value: 'x'.repeat(257) }] }, 'at most 256'],
    [{ Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }, 'less than or equal to 50'],
  ])('%# are refused when they are wrong', async (input, message) => {
    const { assume } = await world({ role: tagged })
    expect((await refusalOf(assume(input)))[1]).toContain(message)
  })

  it('are condition keys of the call', async () => {
    const document = trusting(
      { AWS: ACCOUNT },
      {
        ...TAGGING,
        Condition: {
          StringEquals: { 'aws:RequestTag/Team': 'blue' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
        },
      },
    )
    const { assume } = await world({ role: aRole({ assumeRolePolicyDocument: document }) })
    expect((await assume({ Tags: [{ Key: 'team', Value: 'blue' }] })).Credentials).toBeDefined()
    expect((await refusalOf(assume({ Tags: [{ Key: 'team', Value: 'red' }] })))[0]).toBe('AccessDenied')
    expect((await refusalOf(assume({ Tags: tags })))[0]).toBe('AccessDenied')
  })
})

describe('a source identity', () => {
  it('stays with the session through every role', async () => {
    const { assume, whoHas } = await world({ role: aRole({ ...tagged, ...mayAssume }) })
    const first = await assume({ SourceIdentity: 'ada@example.com' })
    expect(first.SourceIdentity).toBe('ada@example.com')
    const second = await assume({}, whoHas(first.Credentials))
    expect(whoHas(second.Credentials)?.session?.sourceIdentity).toBe('ada@example.com')
    expect((await assume({ SourceIdentity: 'ada@example.com' }, whoHas(second.Credentials))).SourceIdentity).toBe(
      'ada@example.com',
    )
    expect(await refusalOf(assume({ SourceIdentity: 'eve' }, whoHas(second.Credentials)))).toEqual([
      'AccessDenied',
      expect.stringContaining('sts:SetSourceIdentity') as string,
    ])
  })

  it('needs permission', async () => {
    expect((await refusalOf((await world()).assume({ SourceIdentity: 'ada' })))[1]).toContain('sts:SetSourceIdentity')
  })
})

describe('session policies', () => {
  it('are carried by the session', async () => {
    const { assume, whoHas } = await world()
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }]
    const answer = await assume({ Policy: allowing('ecs:ListClusters'), PolicyArns })
    expect(whoHas(answer.Credentials)?.session).toMatchObject({
      policies: [allowing('ecs:ListClusters')],
      policyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    })
    expect(answer.PackedPolicySize).toBeGreaterThan(0)
    expect(answer.PackedPolicySize).toBeLessThan(20)
  })

  it.each([
    [{ Policy: '{' }, 'MalformedPolicyDocumentException'],
    [{ Policy: '{"Statement":[{"Effect":"Maybe"}]}' }, 'MalformedPolicyDocumentException'],
    [{ Policy: '' }, 'ValidationError'],
    [{ Policy: ' '.repeat(2049) }, 'ValidationError'],
    [
      {
        Policy: allowing('ecs:*') + ' '.repeat(1920),
        PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
      },
      'ValidationError',
    ],
    [{ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/Imagined' }] }, 'ValidationError'],
    [{ PolicyArns: [{ arn: 'AdministratorAccess' }] }, 'ValidationError'],
    [
      { PolicyArns: Array.from({ length: 11 }, () => ({ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' })) },
      'ValidationError',
    ],
  ])('%# are refused when they are wrong', async (input, code) => {
    const { assume } = await world()
    expect((await refusalOf(assume(input)))[0]).toBe(code)
  })

  it('and tags must fit into a token', async () => {
    const { assume } = await world({ role: tagged })
    const noise = (index: number): string =>
      Buffer.from(`${index}`.repeat(3))
        .toString('base64')
        .padEnd(250, `${index * 7919}`)
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `key${index}`, Value: noise(index) }))
    const { PackedPolicySize: percent = 0, SessionTokenUtilization: used = 0 } = await assume({ Tags })
    expect([percent, used].every((value) => value > 0 && value <= 100)).toBe(true)
    const random = Array.from({ length: 50 }, (_, index) => ({
      Key: `key${index}`,
      Value: Buffer.from(Array.from({ length: 120 }, (__, byte) => (byte * (index + 3) * 7919) % 251)).toString(
        'base64',
      ),
    }))
    expect(await refusalOf(assume({ Tags: random }))).toEqual([
      'PackedPolicyTooLargeException',
      expect.stringMatching(/^Packed size of session tags consumes \d{3}% of allotted space\.$/) as string,
    ])
  })
})

describe('a request', () => {
  it.each([
    [{ RoleSessionName: 'a' }, "Value at 'roleSessionName' failed to satisfy constraint: Member must have length"],
    [{ RoleSessionName: 'a b' }, String.raw`satisfy regular expression pattern: [\w+=,.@-]*`],
    [{ RoleArn: 'arn:aws:iam::1' }, "'roleArn' failed to satisfy constraint: Member must have length"],
    [{ RoleArn: 'arn:aws:iam::000000000000:user/ada' }, 'is invalid'],
    [{ RoleArn: 'no arn but long enough' }, 'is invalid'],
    [{ DurationSeconds: 899 }, "'durationSeconds' failed to satisfy constraint: Member must have value greater"],
    [{ DurationSeconds: 43_201 }, "'durationSeconds' failed to satisfy constraint: Member must have value less"],
    [{ ExternalId: 'a' }, "'externalId'"],
    [{ SourceIdentity: 'aws:x' }, "'sourceIdentity'"],
    [{ MinimumSessionTokenSize: 4097 }, "'minimumSessionTokenSize'"],
    [{ ProvidedContexts: [{ ProviderArn: 'x' }] }, 'ProvidedContexts are not supported'],
  ])('%# that is wrong is refused', async (input, message) => {
    const { assume } = await world()
    expect(await refusalOf(assume(input))).toEqual(['ValidationError', expect.stringContaining(message) as string])
  })

  it('with an MFA code is refused: there are no devices', async () => {
    const { assume } = await world()
    const input = { SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/ada`, TokenCode: '123456' }
    expect(await refusalOf(assume(input))).toEqual([
      'AccessDenied',
      expect.stringContaining('MultiFactorAuthentication failed') as string,
    ])
  })

  it('can ask for a longer token', async () => {
    const { assume } = await world()
    const { SessionTokenSize: size = 0, SessionTokenUtilization: percent } = await assume({
      MinimumSessionTokenSize: 4090,
    })
    expect(size).toBeGreaterThanOrEqual(4090)
    expect(percent).toBe(100)
  })
})
