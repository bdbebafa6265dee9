import { describe, expect, it } from 'vitest'
import { isDigest, isRepositoryName, isTag } from './image-names.ts'

describe('names of repositories', () => {
  it.each(['ab', 'web', 'team/web', 'a-b/c_d/e.f', 'a--b', 'a__b', '00', 'a/b/c/d', 'x'.repeat(256)])(
    '%s is one',
    (name) => expect(isRepositoryName(name)).toBe(true),
  )

  it.each([
    '',
    'a',
    'Web',
    '-web',
    'web-',
    'a//b',
    '/web',
    'web/',
    'a..b',
    '../etc',
    'a/../b',
    'a/./b',
    'a___b',
    'a b',
    'a\nb',
    'ä',
    'x'.repeat(257),
  ])('%j is none', (name) => expect(isRepositoryName(name)).toBe(false))

  it('are looked at in no time, however they are made', () => {
    expect(isRepositoryName(`${'a-'.repeat(127)}!`)).toBe(false)
  })
})

describe('tags', () => {
  it.each(['latest', 'v1.0.0', '_x', 'A-b.C', '1', 'x'.repeat(128)])('%s is one', (tag) =>
    expect(isTag(tag)).toBe(true),
  )

  it.each(['', '.x', '-x', 'a:b', 'a/b', 'a\n', 'x'.repeat(129)])('%j is none', (tag) => expect(isTag(tag)).toBe(false))
})

describe('digests', () => {
  it.each([`sha256:${'a'.repeat(64)}`, `sha512:${'0'.repeat(128)}`])('%s is one', (digest) =>
    expect(isDigest(digest)).toBe(true),
  )

  it.each([
    '',
    'sha256',
    'sha256:',
    `sha256:${'a'.repeat(63)}`,
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'../'.repeat(21)}a`,
    `md5:${'a'.repeat(32)}`,
    `constructor:${'a'.repeat(64)}`,
    `sha256:${'a'.repeat(64)}\n`,
  ])('%j is none', (digest) => expect(isDigest(digest)).toBe(false))
})
