import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'

const Url = 'https://id.example.com/tenant'
const OpenIDConnectProviderArn = `arn:aws:iam::${IAM_ACCOUNT}:oidc-provider/id.example.com/tenant`
const THUMBPRINT = 'A1'.repeat(20)

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreateOpenIDConnectProvider', {
    Url,
    ClientIDList: ['one', 'two', 'one'],
    ThumbprintList: [THUMBPRINT],
    Tags: [{ Key: 'Team', Value: 'core' }],
  })
  return iam
}

describe('OpenID Connect providers', () => {
  it('are created and found again', async () => {
    const iam = await world()

    expect(iam.demands).toEqual([
      {
        action: 'iam:CreateOpenIDConnectProvider',
        resource: OpenIDConnectProviderArn,
        context: { 'aws:requesttag/team': ['core'], 'aws:tagkeys': ['Team'] },
      },
    ])
    expect(await iam.call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).toEqual({
      Url: 'id.example.com/tenant',
      ClientIDList: ['one', 'two'],
      ThumbprintList: [THUMBPRINT.toLowerCase()],
      CreateDate: new Date(iam.now),
      Tags: [{ Key: 'Team', Value: 'core' }],
    })
    expect(await iam.call('ListOpenIDConnectProviders', {})).toEqual({
      OpenIDConnectProviderList: [{ Arn: OpenIDConnectProviderArn }],
    })
    expect(iam.demands).toEqual([{ action: 'iam:ListOpenIDConnectProviders', resource: '*' }])
  })

  it('answer with their tags', async () => {
    const iam = await IamWorld.start()

    expect(
      await iam.call('CreateOpenIDConnectProvider', {
        Url: 'https://a.example:8443',
        Tags: [{ Key: 'k', Value: 'v' }],
      }),
    ).toEqual({
      OpenIDConnectProviderArn: `arn:aws:iam::${IAM_ACCOUNT}:oidc-provider/a.example:8443`,
      Tags: [{ Key: 'k', Value: 'v' }],
    })
  })

  it('are there once per account', async () => {
    const iam = await world()

    await expect(iam.call('CreateOpenIDConnectProvider', { Url })).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: `Provider with url ${Url} already exists.`,
    })
    await iam.call('CreateOpenIDConnectProvider', { Url }, rootPrincipal('999999999999'))
    expect(iam.store.tables.oidcProviders.size).toBe(2)
  })

  it.each([
    ['example.com', 'ValidationError', 'Invalid Open ID Connect Provider URL'],
    ['https://', 'ValidationError', 'Invalid Open ID Connect Provider URL'],
    [
      'http://example.com',
      'InvalidInputException',
      'Invalid Open ID Connect Provider URL. The URL must begin with https://.',
    ],
    ['https://a:b@example.com', 'InvalidInputException', 'Invalid Open ID Connect Provider URL.'],
    ['https://example.com?a=1', 'InvalidInputException', 'Invalid Open ID Connect Provider URL.'],
    ['https://example.com#a', 'InvalidInputException', 'Invalid Open ID Connect Provider URL.'],
    ['https://exa_mple.com', 'InvalidInputException', 'Invalid Open ID Connect Provider URL.'],
  ])('are not at %s', async (wrong, code, message) => {
    const iam = await IamWorld.start()

    await expect(iam.call('CreateOpenIDConnectProvider', { Url: wrong })).rejects.toMatchObject({ code, message })
  })

  it('have client ids, each once', async () => {
    const iam = await world()

    await iam.call('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'three' })
    await iam.call('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'two' })
    await iam.call('RemoveClientIDFromOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'one' })
    await iam.call('RemoveClientIDFromOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'none' })

    expect(await iam.call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).toMatchObject({
      ClientIDList: ['two', 'three'],
    })
  })

  it('have a hundred client ids at most', async () => {
    const iam = await IamWorld.start()
    const ClientIDList = Array.from({ length: 100 }, (_, n) => `client-${n}`)
    await iam.call('CreateOpenIDConnectProvider', { Url, ClientIDList })

    await expect(
      iam.call('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'more' }),
    ).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100',
    })
  })

  it('get other thumbprints', async () => {
    const iam = await world()
    const update = (ThumbprintList: string[]): Promise<unknown> =>
      iam.call('UpdateOpenIDConnectProviderThumbprint', { OpenIDConnectProviderArn, ThumbprintList })

    await update(['b'.repeat(40), 'c'.repeat(40)])

    expect(await iam.call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).toMatchObject({
      ThumbprintList: ['b'.repeat(40), 'c'.repeat(40)],
    })
    await expect(update(['short'])).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: 'Thumbprint must be exactly 40 characters.',
    })
    await expect(update(Array.from({ length: 6 }, (_, n) => `${n}`.repeat(40)))).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: 'Thumbprint list must contain fewer than 5 entries.',
    })
  })

  it('have tags', async () => {
    const iam = await world()

    await iam.call('TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags: [{ Key: 'a', Value: '1' }] })
    await iam.call('UntagOpenIDConnectProvider', { OpenIDConnectProviderArn, TagKeys: ['Team'] })

    expect(await iam.call('ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn })).toEqual({
      Tags: [{ Key: 'a', Value: '1' }],
      IsTruncated: false,
    })
  })

  it('are deleted, even if they are not there', async () => {
    const iam = await world()
    await iam.call('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn }, rootPrincipal('999999999999'))
    expect(iam.store.tables.oidcProviders.size).toBe(1)

    await iam.call('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn })
    await iam.call('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn })

    await expect(iam.call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
    })
  })
})
