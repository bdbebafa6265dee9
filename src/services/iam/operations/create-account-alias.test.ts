import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'

describe('account aliases', () => {
  it('replace one another', async () => {
    const iam = await IamWorld.start()
    expect(await iam.call('ListAccountAliases', {})).toEqual({ AccountAliases: [], IsTruncated: false })

    await iam.call('CreateAccountAlias', { AccountAlias: 'first' })
    await iam.call('CreateAccountAlias', { AccountAlias: 'second' })

    expect(iam.demands).toEqual([{ action: 'iam:CreateAccountAlias', resource: '*' }])
    expect(await iam.call('ListAccountAliases', {})).toEqual({ AccountAliases: ['second'], IsTruncated: false })
  })

  it('are each of one account', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateAccountAlias', { AccountAlias: 'taken' }, rootPrincipal('999999999999'))

    await expect(iam.call('CreateAccountAlias', { AccountAlias: 'taken' })).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'The account alias taken already exists.',
    })
  })

  it('are deleted by their name', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateAccountAlias', { AccountAlias: 'mine' })

    await expect(iam.call('DeleteAccountAlias', { AccountAlias: 'other' })).rejects.toMatchObject({
      code: 'NoSuchEntityException',
    })
    await iam.call('DeleteAccountAlias', { AccountAlias: 'mine' })

    expect(iam.store.tables.settings.has(`accountAlias/${IAM_ACCOUNT}`)).toBe(false)
  })

  it.each(['ab', 'a'.repeat(64), 'Upper', '-a-b', 'a--b', 'a.b'])('are not like %s', async (AccountAlias) => {
    const iam = await IamWorld.start()

    await expect(iam.call('CreateAccountAlias', { AccountAlias })).rejects.toMatchObject({ code: 'ValidationError' })
  })
})
