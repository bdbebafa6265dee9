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
})
