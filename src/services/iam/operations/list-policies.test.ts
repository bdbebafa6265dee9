import type { ListPoliciesRequest } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'

const POLICY = `arn:aws:iam::${IAM_ACCOUNT}:policy`
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess'

/** Policies `free`, `attached` below `/x/`, and `boundary`. */
const withPolicies = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreatePolicy', { PolicyName: 'free', PolicyDocument: ANYTHING, Description: 'kept apart' })
  await iam.call('CreatePolicy', { PolicyName: 'attached', Path: '/x/', PolicyDocument: ANYTHING })
  await iam.call('CreatePolicy', { PolicyName: 'boundary', PolicyDocument: ANYTHING })
  await iam.user('ada')
  await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn: `${POLICY}/x/attached` })
  await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn: ADMINISTRATOR })
  await iam.call('PutUserPermissionsBoundary', { UserName: 'ada', PermissionsBoundary: `${POLICY}/boundary` })
  return iam
}

const names = async (iam: IamWorld, input: ListPoliciesRequest): Promise<(string | undefined)[]> => {
  const { Policies = [] } = await iam.call('ListPolicies', input)
  return Policies.map(({ PolicyName }) => PolicyName)
}

describe('ListPolicies', () => {
  it.each<[string, ListPoliciesRequest, string[]]>([
    ['those of the account', { Scope: 'Local' }, ['boundary', 'free', 'attached']],
    ['those below a path', { Scope: 'Local', PathPrefix: '/x' }, ['attached']],
    ['those that someone has', { Scope: 'Local', OnlyAttached: true }, ['attached']],
    ["AWS's that someone has", { Scope: 'AWS', OnlyAttached: true }, ['AdministratorAccess']],
    ['all that someone has', { OnlyAttached: true }, ['attached', 'AdministratorAccess']],
    ['those that allow', { PolicyUsageFilter: 'PermissionsPolicy' }, ['attached', 'AdministratorAccess']],
    ['those that limit', { PolicyUsageFilter: 'PermissionsBoundary' }, ['boundary']],
  ])('gives %s', async (_, input, expected) => {
    expect(await names(await withPolicies(), input)).toEqual(expected)
  })

  it("gives the account's and AWS's together, without descriptions", async () => {
    const iam = await withPolicies()
    const { Policies = [] } = await iam.call('ListPolicies', {})

    const found = Policies.find(({ PolicyName }) => PolicyName === 'free')
    expect(found).toMatchObject({ AttachmentCount: 0, DefaultVersionId: 'v1' })
    expect(found).not.toHaveProperty('Description')
    expect(Policies.map(({ Arn }) => Arn)).toContain(ADMINISTRATOR)
  })

  it('goes on where the last page ended, under the same filters only', async () => {
    const iam = await withPolicies()
    const first = await iam.call('ListPolicies', { Scope: 'Local', MaxItems: 2 })
    const second = await iam.call('ListPolicies', { Scope: 'Local', MaxItems: 2, Marker: first.Marker })

    expect(first).toMatchObject({ IsTruncated: true, Policies: [{}, {}] })
    expect(second).toMatchObject({ IsTruncated: false, Policies: [{ PolicyName: 'attached' }] })
    await expect(iam.call('ListPolicies', { Scope: 'AWS', Marker: first.Marker })).rejects.toMatchObject({
      code: 'ValidationError',
    })
  })

  it('does not give those of other accounts', async () => {
    const iam = await withPolicies()
    const input = { Scope: 'Local' } as const

    expect(await iam.call('ListPolicies', input, rootPrincipal('210987654321'))).toMatchObject({ Policies: [] })
  })

  it.each([{ Scope: 'Own' }, { PolicyUsageFilter: 'Other' }, { PathPrefix: 'x' }, { MaxItems: 1001 }])(
    'refuses %o',
    async (input) => {
      const iam = await IamWorld.start()

      await expect(iam.call('ListPolicies', input as never)).rejects.toMatchObject({ code: 'ValidationError' })
    },
  )
})
