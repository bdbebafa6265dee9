import { describe, expect, it } from 'vitest'
import { replacePrincipal } from './replace-principal.ts'

const ADA = 'arn:aws:iam::111122223333:user/ada'
const BEA = 'arn:aws:iam::111122223333:user/bea'
const ID = 'AIDA3ZQTGLTVTIEQPCKV7'
const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

describe('replacePrincipal', () => {
  it('replaces a principal wherever it is named', () => {
    const before = policy(
      { Effect: 'Allow', Principal: { AWS: ADA }, Action: '*' },
      { Effect: 'Allow', Principal: { AWS: [BEA, ADA], Service: 'ecs.amazonaws.com' }, Action: '*' },
      { Effect: 'Deny', NotPrincipal: { AWS: [ADA] }, Action: '*' },
    )
    expect(replacePrincipal(before, ADA, ID)).toBe(before.replaceAll(ADA, ID))
  })

  it('takes a statement that stands alone', () => {
    const before = `{ "Statement": { "Principal": { "AWS": "${ADA}" } } }`
    expect(replacePrincipal(before, ADA, ID)).toBe(`{"Statement":{"Principal":{"AWS":"${ID}"}}}`)
  })

  it('sees through escapes', () => {
    const before = `{"Statement":[{"Principal":{"AWS":"${ADA.replace('/', String.raw`\/`)}"}}]}`
    expect(replacePrincipal(before, ADA, ID)).toBe(`{"Statement":[{"Principal":{"AWS":"${ID}"}}]}`)
  })

  it.each([
    ['another user', { Principal: { AWS: `${ADA}x` } }],
    ['everyone', { Principal: '*' }],
    ['a service', { Principal: { Service: 'ecs.amazonaws.com' } }],
    ['a condition', { Principal: { AWS: BEA }, Condition: { ArnEquals: { 'aws:PrincipalArn': ADA } } }],
  ])('leaves the text of a document alone that names %s', (_, statement) => {
    const before = ` ${policy(statement)} `
    expect(replacePrincipal(before, ADA, ID)).toBe(before)
  })
})
