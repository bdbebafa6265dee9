import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  for (const UserName of ['c', 'A', 'b']) await iam.call('CreateUser', { UserName, Path: '/team/' })
  await iam.call('CreateUser', { UserName: 'aa', Tags: [{ Key: 'k', Value: 'v' }] })
  return iam
}

describe('ListUsers', () => {
  it('gives pages in the order of names', async () => {
    const iam = await world()

    const first = await iam.call('ListUsers', { MaxItems: 3 })
    const second = await iam.call('ListUsers', { MaxItems: 3, Marker: first.Marker })

    expect(first.Users?.map(({ UserName }) => UserName)).toEqual(['A', 'aa', 'b'])
    expect(first.IsTruncated).toBe(true)
    expect(second.Users?.map(({ UserName }) => UserName)).toEqual(['c'])
    expect(second).not.toHaveProperty('Marker')
    expect(second.IsTruncated).toBe(false)
  })

  it('goes on where it was, whoever came and went meanwhile', async () => {
    const iam = await world()
    const { Marker } = await iam.call('ListUsers', { MaxItems: 2 })
    await iam.call('DeleteUser', { UserName: 'aa' })
    await iam.call('CreateUser', { UserName: 'a1' })

    expect((await iam.call('ListUsers', { Marker })).Users?.map(({ UserName }) => UserName)).toEqual(['b', 'c'])
  })

  it('gives those below a path, without what only GetUser gives', async () => {
    const iam = await world()

    const { Users } = await iam.call('ListUsers', { PathPrefix: '/te' })

    expect(Users?.map(({ UserName }) => UserName)).toEqual(['A', 'b', 'c'])
    expect(iam.demands).toEqual([
      { action: 'iam:ListUsers', resource: `arn:aws:iam::${IAM_ACCOUNT}:user/te`, context: {} },
    ])
    expect((await iam.call('ListUsers', {})).Users?.[1]).not.toHaveProperty('Tags')
  })

  it('gives nobody of another account', async () => {
    const iam = await world()

    expect(await iam.call('ListUsers', {}, rootPrincipal('999999999999'))).toEqual({ Users: [], IsTruncated: false })
  })

  it.each([
    [
      { MaxItems: 0 },
      "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { MaxItems: 1001 },
      "1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
    [{ Marker: 'made-up' }, 'Invalid Marker.'],
    [
      { PathPrefix: 'team' },
      'The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters.',
    ],
  ])('refuses %j', async (input, message) => {
    const iam = await world()

    await expect(iam.call('ListUsers', input)).rejects.toMatchObject({ code: 'ValidationError', message })
  })

  it('takes no marker of another list', async () => {
    const iam = await world()
    const { Marker } = await iam.call('ListUsers', { MaxItems: 1 })

    await expect(iam.call('ListUsers', { Marker, PathPrefix: '/team/' })).rejects.toMatchObject({
      message: 'Invalid Marker.',
    })
  })
})
