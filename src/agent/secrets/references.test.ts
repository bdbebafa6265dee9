import { describe, expect, it } from 'vitest'
import { anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import type { PayloadSecret } from '../../agentlink/acs-messages.ts'
import { isAnswerTo, malformedReferences, parametersCalls, secretCalls, secretReference } from './references.ts'

const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf'

const aSecret = (valueFrom: string, given: Partial<PayloadSecret> = {}): PayloadSecret => ({
  name: 'S',
  valueFrom,
  region: 'us-east-1',
  provider: valueFrom.startsWith('arn:aws:secretsmanager:') ? 'asm' : 'ssm',
  type: 'ENVIRONMENT_VARIABLE',
  target: 'CONTAINER',
  ...given,
})

describe('a reference to a secret', () => {
  it.each([
    [SECRET, { secretId: SECRET }],
    [`${SECRET}:key::`, { secretId: SECRET, jsonKey: 'key' }],
    [`${SECRET}::AWSPREVIOUS:`, { secretId: SECRET, versionStage: 'AWSPREVIOUS' }],
    [`${SECRET}:::id`, { secretId: SECRET, versionId: 'id' }],
    [`${SECRET}:key:stage:id`, { secretId: SECRET, jsonKey: 'key', versionStage: 'stage', versionId: 'id' }],
    [`${SECRET}:::`, { secretId: SECRET }],
  ])('is %s', (valueFrom, reference) => {
    expect(secretReference(valueFrom)).toEqual(reference)
  })

  it.each([
    `${SECRET}:key`,
    `${SECRET}:key:stage`,
    `${SECRET}:a:b:c:d`,
    'arn:aws:secretsmanager:us-east-1:1:other:x',
    'db',
  ])('is not %s', (valueFrom) => {
    expect(secretReference(valueFrom)).toBeUndefined()
  })
})

describe('an answer', () => {
  const arn = 'arn:aws:ssm:us-east-1:000000000000:parameter/db/password'
  const read = { name: '/db/password', arn, selector: '' }

  it.each(['/db/password', 'db/password', arn])('is what %s asked for', (asked) => {
    expect(isAnswerTo(asked, read)).toBe(true)
    expect(isAnswerTo(`${asked}:3`, { ...read, selector: ':3' })).toBe(true)
    expect(isAnswerTo(`${asked}:3`, read)).toBe(false)
    expect(isAnswerTo(asked, { ...read, selector: ':3' })).toBe(false)
  })

  it('is not what another name asked for', () => {
    expect(isAnswerTo('/db/user', read)).toBe(false)
  })
})

describe('the calls for containers', () => {
  it('are one for ten names in a region, each name once', () => {
    const names = Array.from({ length: 11 }, (_, index) => `/p${index}`)
    const containers = [
      anEngineContainer({ secrets: names.map((name) => aSecret(name)) }),
      anEngineContainer({ secrets: [aSecret('/p0'), aSecret('/p0', { region: 'eu-west-1' }), aSecret(SECRET)] }),
    ]
    expect(parametersCalls(containers)).toEqual([
      { region: 'us-east-1', names: names.slice(0, 10) },
      { region: 'us-east-1', names: ['/p10'] },
      { region: 'eu-west-1', names: ['/p0'] },
    ])
  })

  it('are one for each version of a secret, whatever is taken from it', () => {
    const registryAuthentication = {
      type: 'asm',
      asmAuthData: { credentialsParameter: SECRET, region: 'us-east-1' },
    } as const
    const secrets = [aSecret(`${SECRET}:a::`), aSecret(`${SECRET}:b::`), aSecret(`${SECRET}:a:AWSPREVIOUS:`)]
    expect(secretCalls([anEngineContainer({ secrets, registryAuthentication })])).toMatchObject([
      { secretId: SECRET, uses: [{ jsonKey: 'a' }, { jsonKey: 'b' }, { key: `asm us-east-1 ${SECRET}` }] },
      { secretId: SECRET, versionStage: 'AWSPREVIOUS', uses: [{ jsonKey: 'a' }] },
    ])
  })

  it('leave out what is no reference', () => {
    const containers = [anEngineContainer({ secrets: [aSecret(`${SECRET}:key`)] })]
    expect(secretCalls(containers)).toEqual([])
    expect(malformedReferences(containers)).toMatchObject([{ region: 'us-east-1', valueFrom: `${SECRET}:key` }])
  })
})
