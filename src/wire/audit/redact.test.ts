import { describe, expect, it } from 'vitest'
import { Model } from '../schema.ts'
import { sdkModel } from '../sdk-model.ts'
import { redacted } from './redact.ts'

const { operations } = new Model(sdkModel('@aws-sdk/client-cloudwatch-logs'))

describe('what is written down of a call', () => {
  it('leaves out what an answer goes on with', () => {
    async function* events() {
      yield { sessionStart: {} }
    }
    expect(redacted(operations.get('StartLiveTail')!.output, { responseStream: events() })).toEqual({})
    expect(redacted(operations.get('StartLiveTail')!.input, { logGroupIdentifiers: ['a'] })).toEqual({
      logGroupIdentifiers: ['a'],
    })
  })

  it('hides secrets of clients that listeners log in with, which the model does not mark', () => {
    const elb = new Model(sdkModel('@aws-sdk/client-elastic-load-balancing-v2')).operations
    const oidc = { ClientId: 'web', ClientSecret: 'hush' }
    const actions = [{ Type: 'authenticate-oidc', AuthenticateOidcConfig: oidc }]
    for (const [name, member] of [
      ['CreateRule', 'Actions'],
      ['ModifyListener', 'DefaultActions'],
    ] as const) {
      const text = JSON.stringify(redacted(elb.get(name)!.input, { [member]: actions }))
      expect(text).toContain('"clientId":"web"')
      expect(text).not.toContain('hush')
    }
  })
})
