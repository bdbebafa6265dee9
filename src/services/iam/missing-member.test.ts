import { expect, it } from 'vitest'
import { missingMember } from './missing-member.ts'

it.each([
  ['UserName', 'userName'],
  ['OpenIDConnectProviderArn', 'openIDConnectProviderArn'],
  ['Tags[1].Key', 'tags.2.member.key'],
])('a required member that is absent at %s is missed at %s', (path, place) => {
  expect(missingMember('CreateUser', path)).toEqual({
    code: 'ValidationError',
    message: `1 validation error detected: Value at '${place}' failed to satisfy constraint: Member must not be null`,
  })
})
