import { expect, it } from 'vitest'
import { jsonMember } from './json-member.ts'

it.each([
  ['{"a":"x"}', { value: 'x' }],
  ['{"a":""}', { value: '' }],
  ['{"a":1.5}', { value: '1.5' }],
  ['{"a":true}', { value: 'true' }],
  ['{"a":{"b":[1]}}', { value: '{"b":[1]}' }],
  ['{"b":1}', { problem: 'retrieved secret from Secrets Manager did not contain json key a' }],
  ['{"__proto__":{"a":1}}', { problem: 'retrieved secret from Secrets Manager did not contain json key a' }],
  ['["a"]', { problem: 'retrieved secret from Secrets Manager is not a JSON object' }],
  ['hunter2', { problem: 'retrieved secret from Secrets Manager is not a JSON object' }],
])('a member of %s', (secret, found) => {
  expect(jsonMember(secret, 'a')).toEqual(found)
})
