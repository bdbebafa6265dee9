import { describe, expect, it } from 'vitest'
import { SystemIds } from '../kit/ids.ts'
import { accountOfAccessKey, newAccessKeyId, newSecretAccessKey } from './access-key.ts'

const ids = new SystemIds()

describe('access keys', () => {
  it.each(['000000000000', '123456789012', '999999999999'])('have ids that tell the account %s', (account) => {
    const id = newAccessKeyId('ASIA', account, ids)
    expect(id).toMatch(/^ASIA[Q-Z2-7][A-Z2-7]{15}$/)
    expect(accountOfAccessKey(id)).toBe(account)
  })

  it('have ids and secrets of their own', () => {
    const made = Array.from({ length: 1000 }, () => newAccessKeyId('AKIA', '123456789012', ids))
    expect(new Set(made).size).toBe(made.length)
    expect(newSecretAccessKey(ids)).toMatch(/^[\w-]{40}$/)
  })

  it.each(['AKIAIOSFODNN7EXAMPLE', 'AKIA0000000000000000', 'ASIA', '', 'AROAQAAAAAAAAAAAAAAA', 'AKIA7777777777777777'])(
    'with the id %j tell no account',
    (id) => {
      expect(accountOfAccessKey(id)).toBeUndefined()
    },
  )

  it('tell the account in the ids that AWS makes, too', () => {
    // From the public write-up of the scheme.
    expect(accountOfAccessKey('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753')
  })
})
