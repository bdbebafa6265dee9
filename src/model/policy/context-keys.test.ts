import { describe, expect, it } from 'vitest'
import { allowing, aPolicyText } from '../../../test/builders/a-policy.ts'
import { contextKeysOf } from './context-keys.ts'
import { parsePolicyDocument } from './parse.ts'

const keysOf = (text: string) => contextKeysOf(parsePolicyDocument(text, 'identity'))

describe('the condition keys of a document', () => {
  it('are those of its conditions and its variables, each once, as first spelled', () => {
    const text = aPolicyText(
      allowing({
        Resource: ['arn:aws:s3:::${aws:username}/*', "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}/${*}"],
        Condition: { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01' }, StringEquals: { 'AWS:USERNAME': 'ada' } },
      }),
      allowing({ Condition: { StringLike: { 's3:prefix': ['${aws:userid}/*'], 'aws:currenttime': 'x' } } }),
    )
    expect(keysOf(text)).toEqual([
      'aws:username',
      'aws:PrincipalTag/team',
      'aws:CurrentTime',
      's3:prefix',
      'aws:userid',
    ])
  })

  it('are not variables where there are none', () => {
    const older = { Version: '2008-10-17', Statement: allowing({ Resource: 'arn:aws:s3:::${aws:username}' }) }
    expect(keysOf(JSON.stringify(older))).toEqual([])
    expect(keysOf(aPolicyText(allowing({ Action: 's3:${*}' })))).toEqual([])
  })
})
