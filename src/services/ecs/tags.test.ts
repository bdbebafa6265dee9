import { describe, expect, it } from 'vitest'
import { checkedTags } from './tags.ts'

describe('tags', () => {
  it('may have letters of any alphabet, digits, spaces and seven signs, and no value', () => {
    const tags = [
      { key: 'Größe 1_.:/=+-@', value: '大 きい' },
      { key: 'k'.repeat(128), value: 'v'.repeat(256) },
      { key: 'a' },
    ]

    expect(checkedTags(tags)).toEqual([tags[0], tags[1], { key: 'a', value: '' }])
  })

  it.each([
    ['no key', [{ value: 'a' }]],
    ['an empty key', [{ key: '', value: 'a' }]],
    ['a key of 129 characters', [{ key: 'k'.repeat(129) }]],
    ['a value of 257 characters', [{ key: 'k', value: 'v'.repeat(257) }]],
    ['a reserved key', [{ key: 'AWS:x' }]],
    ['a reserved value', [{ key: 'k', value: 'aws:x' }]],
    ['another sign', [{ key: 'k', value: 'a;b' }]],
    ['the same key twice', [{ key: 'k' }, { key: 'k' }]],
    ['more than 50 tags', Array.from({ length: 51 }, (_, index) => ({ key: `k${index}` }))],
  ])('must not have %s', (_, tags) => {
    expect(() => checkedTags(tags)).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }))
  })
})
