import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../test/iam-service.ts'

/** One kind of holder, called `x`. */
interface Kind {
  readonly length: number
  readonly arn: string
  create(iam: IamWorld): Promise<unknown>
  put(iam: IamWorld, PolicyName: string, PolicyDocument: string): Promise<unknown>
  get(iam: IamWorld, PolicyName: string): Promise<object>
  remove(iam: IamWorld, PolicyName: string): Promise<unknown>
  list(iam: IamWorld, input?: object): Promise<{ PolicyNames: string[] | undefined; Marker?: string | undefined }>
}

const kinds: Record<string, Kind> = {
  user: {
    length: 2048,
    arn: `arn:aws:iam::${IAM_ACCOUNT}:user/x`,
    create: (iam) => iam.user('x'),
    put: (iam, PolicyName, PolicyDocument) => iam.call('PutUserPolicy', { UserName: 'x', PolicyName, PolicyDocument }),
    get: (iam, PolicyName) => iam.call('GetUserPolicy', { UserName: 'x', PolicyName }),
    remove: (iam, PolicyName) => iam.call('DeleteUserPolicy', { UserName: 'x', PolicyName }),
    list: (iam, input) => iam.call('ListUserPolicies', { UserName: 'x', ...input }),
  },
  group: {
    length: 5120,
    arn: `arn:aws:iam::${IAM_ACCOUNT}:group/x`,
    create: (iam) => iam.call('CreateGroup', { GroupName: 'x' }),
    put: (iam, PolicyName, PolicyDocument) =>
      iam.call('PutGroupPolicy', { GroupName: 'x', PolicyName, PolicyDocument }),
    get: (iam, PolicyName) => iam.call('GetGroupPolicy', { GroupName: 'x', PolicyName }),
    remove: (iam, PolicyName) => iam.call('DeleteGroupPolicy', { GroupName: 'x', PolicyName }),
    list: (iam, input) => iam.call('ListGroupPolicies', { GroupName: 'x', ...input }),
  },
  role: {
    length: 10_240,
    arn: `arn:aws:iam::${IAM_ACCOUNT}:role/x`,
    create: (iam) => iam.role('x'),
    put: (iam, PolicyName, PolicyDocument) => iam.call('PutRolePolicy', { RoleName: 'x', PolicyName, PolicyDocument }),
    get: (iam, PolicyName) => iam.call('GetRolePolicy', { RoleName: 'x', PolicyName }),
    remove: (iam, PolicyName) => iam.call('DeleteRolePolicy', { RoleName: 'x', PolicyName }),
    list: (iam, input) => iam.call('ListRolePolicies', { RoleName: 'x', ...input }),
  },
}

const ofLength = (length: number): string => {
  const prefix = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ecs:*","Resource":"arn:aws:ecs:'
  const suffix = '"}}'
  return prefix + 'x'.repeat(length - prefix.length - suffix.length) + suffix
}

describe.each(Object.entries(kinds))('inline policies of a %s', (noun, kind) => {
  const start = async (): Promise<IamWorld> => {
    const iam = await IamWorld.start()
    await kind.create(iam)
    return iam
  }

  it('are read back as they were sent, URL-encoded', async () => {
    const iam = await start()
    const document = JSON.stringify(JSON.parse(ANYTHING), null, 2)
    await kind.put(iam, 'all', document)

    const name = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}Name`
    const read = await kind.get(iam, 'all')
    expect(read).toEqual({ [name]: 'x', PolicyName: 'all', PolicyDocument: expect.stringMatching(/^%7B%0A%20%20%22/) })
    expect(decodeURIComponent((read as { PolicyDocument: string }).PolicyDocument)).toBe(document)
  })

  it('are replaced by name, listed in pages, and deleted', async () => {
    const iam = await start()
    for (const name of ['b', 'a', 'c', 'a']) await kind.put(iam, name, ANYTHING)

    const first = await kind.list(iam, { MaxItems: 2 })
    expect(first).toMatchObject({ PolicyNames: ['a', 'b'], IsTruncated: true })
    expect(await kind.list(iam, { Marker: first.Marker })).toEqual({ PolicyNames: ['c'], IsTruncated: false })

    await kind.remove(iam, 'b')
    expect((await kind.list(iam)).PolicyNames).toEqual(['a', 'c'])
  })

  it('have a quota together, white space not counted', async () => {
    const iam = await start()
    await kind.put(iam, 'one', ofLength(1000))
    await kind.put(iam, 'rest', ofLength(kind.length - 1000).replaceAll('{', '{\n    '))

    await expect(kind.put(iam, 'more', ANYTHING)).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: `Maximum policy size of ${kind.length} bytes exceeded for ${noun} x`,
    })
    await kind.put(iam, 'one', ofLength(900))
    await kind.put(iam, 'more', ANYTHING)
  })

  it.each(['get', 'remove'] as const)('that are not there cannot be had: %s', async (method) => {
    const iam = await start()

    for (const name of ['none', 'constructor'])
      await expect(kind[method](iam, name)).rejects.toMatchObject({
        code: 'NoSuchEntityException',
        message: `The ${noun} policy with name ${name} cannot be found.`,
      })
  })

  it('must be policies', async () => {
    const iam = await start()

    await expect(kind.put(iam, 'a', '{}')).rejects.toMatchObject({ code: 'MalformedPolicyDocumentException' })
    await expect(kind.put(iam, 'a b', ANYTHING)).rejects.toMatchObject({ code: 'ValidationError' })
  })

  it(`need permission on the ${noun}`, async () => {
    const iam = await start()
    await kind.put(iam, 'a', ANYTHING)

    expect(iam.demands).toMatchObject([{ resource: kind.arn }])
  })
})

describe('inline policies', () => {
  it('may have any name that IAM takes', async () => {
    const iam = await IamWorld.start()
    await iam.user('x')
    for (const PolicyName of ['__proto__', 'a+b=c,d.e@f-g_h'])
      await iam.call('PutUserPolicy', { UserName: 'x', PolicyName, PolicyDocument: ANYTHING })

    expect(await iam.call('ListUserPolicies', { UserName: 'x' })).toMatchObject({
      PolicyNames: ['__proto__', 'a+b=c,d.e@f-g_h'],
    })
  })
})
