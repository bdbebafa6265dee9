import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const document = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })

/** A document of about that many characters, white space not counted. */
const ofLength = (length: number): string => {
  const empty = document({ Effect: 'Allow', Action: 'ecs:RunTask', Resource: '' }).length
  return document({
    Effect: 'Allow',
    Action: 'ecs:RunTask',
    Resource: 'arn:aws:ecs:' + 'x'.repeat(length - empty - 12),
  })
}

describe('CreatePolicy', () => {
  it('makes a policy whose first version is in effect', async () => {
    const iam = await IamWorld.start()

    const { Policy } = await iam.call('CreatePolicy', {
      PolicyName: 'Deployers',
      Path: '/team/one/',
      Description: 'Who deploys',
      PolicyDocument: ANYTHING,
      Tags: [{ Key: 'stage', Value: 'prod' }],
    })

    const created = new Date(iam.now)
    expect(Policy).toEqual({
      PolicyName: 'Deployers',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${IAM_ACCOUNT}:policy/team/one/Deployers`,
      Path: '/team/one/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: created,
      UpdateDate: created,
      Tags: [{ Key: 'stage', Value: 'prod' }],
    })
    const read = await iam.call('GetPolicy', { PolicyArn: Policy?.Arn })
    expect(read.Policy).toEqual({ ...Policy, Description: 'Who deploys' })
  })

  it("asks for permission on the policy's ARN with the tags that it will have", async () => {
    const iam = await IamWorld.start()
    const Tags = [{ Key: 'Stage', Value: 'prod' }]
    await iam.call('CreatePolicy', { PolicyName: 'a', Path: '/x/', PolicyDocument: ANYTHING, Tags })

    expect(iam.demands).toEqual([
      {
        action: 'iam:CreatePolicy',
        resource: `arn:aws:iam::${IAM_ACCOUNT}:policy/x/a`,
        context: { 'aws:requesttag/stage': ['prod'], 'aws:tagkeys': ['Stage'] },
      },
    ])
  })

  it('refuses a name that is taken, whatever its case and path', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreatePolicy', { PolicyName: 'Same', PolicyDocument: ANYTHING })

    const again = iam.call('CreatePolicy', { PolicyName: 'same', Path: '/x/', PolicyDocument: ANYTHING })

    await expect(again).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'A policy called same already exists. Duplicate names are not allowed.',
    })
  })

  it('takes 6144 characters and no more, white space not counted', async () => {
    const iam = await IamWorld.start()
    const largest = JSON.stringify(JSON.parse(ofLength(6144)), null, 8)
    expect(largest.length).toBeGreaterThan(6144)
    await iam.call('CreatePolicy', { PolicyName: 'largest', PolicyDocument: largest })

    const larger = iam.call('CreatePolicy', { PolicyName: 'larger', PolicyDocument: ofLength(6145) })

    await expect(larger).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
    })
  })

  it.each([
    ['no JSON', 'nothing', 'Syntax errors in policy.'],
    ['the old version', '{"Version":"2008-10-17","Statement":[]}', /.+/],
    ['a principal', document({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }), /.+/],
    ['no action', document({ Effect: 'Allow', Resource: '*' }), /.+/],
  ])('refuses a document with %s', async (_, PolicyDocument, message) => {
    const iam = await IamWorld.start()

    await expect(iam.call('CreatePolicy', { PolicyName: 'a', PolicyDocument })).rejects.toMatchObject({
      code: 'MalformedPolicyDocumentException',
      message: expect.stringMatching(message),
    })
  })

  it.each([
    ['a name of other characters', { PolicyName: 'no spaces' }],
    ['a path without its slashes', { Path: 'x' }],
    ['a path with an asterisk', { Path: '/*/' }],
    ['a long description', { Description: 'x'.repeat(1001) }],
  ])('refuses %s', async (_, given) => {
    const iam = await IamWorld.start()
    const input = { PolicyName: 'a', PolicyDocument: ANYTHING, ...given }

    await expect(iam.call('CreatePolicy', input)).rejects.toMatchObject({ code: 'ValidationError' })
  })
})
