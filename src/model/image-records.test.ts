import { describe, expect, it } from 'vitest'
import { isImmutable, matchesWildcard, type TagMutabilityMode } from './image-records.ts'

describe('patterns of tags', () => {
  it.each([
    ['latest', 'latest'],
    ['*', ''],
    ['dev-*', 'dev-1'],
    ['*-dev', '1-dev'],
    ['a*b*c', 'a1b2c'],
    ['a*b*c', 'abc'],
    ['*x*', 'x'],
    ['**', 'anything'],
    ['a*ab', 'aab'],
  ])('%s matches %j', (pattern, text) => expect(matchesWildcard(pattern, text)).toBe(true))

  it.each([
    ['latest', 'latest2'],
    ['dev-*', 'dev'],
    ['a*b*c', 'acb'],
    ['ab*ba', 'aba'],
    ['a.c', 'abc'],
    ['a*bc*c', 'abc'],
  ])('%s does not match %j', (pattern, text) => expect(matchesWildcard(pattern, text)).toBe(false))
})

describe('tags that may not be given to another image', () => {
  it.each<[TagMutabilityMode, boolean, boolean]>([
    ['MUTABLE', false, false],
    ['IMMUTABLE', true, true],
    ['MUTABLE_WITH_EXCLUSION', false, true],
    ['IMMUTABLE_WITH_EXCLUSION', true, false],
  ])('%s: others %s, excluded ones %s', (mode, others, excluded) => {
    const mutability = { mode, exclusions: ['dev-*'] }
    expect(isImmutable(mutability, 'v1')).toBe(others)
    expect(isImmutable(mutability, 'dev-1')).toBe(excluded)
  })
})
