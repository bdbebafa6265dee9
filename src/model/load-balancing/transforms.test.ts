import type { RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { checkedTransforms, rewritten } from './transforms.ts'

const url = (Regex: string, Replace: string): RuleTransform => ({
  Type: 'url-rewrite',
  UrlRewriteConfig: { Rewrites: [{ Regex, Replace }] },
})
const host = (Regex: string, Replace: string): RuleTransform => ({
  Type: 'host-header-rewrite',
  HostHeaderRewriteConfig: { Rewrites: [{ Regex, Replace }] },
})

const refusal = (transforms: RuleTransform[], type: 'application' | 'network' = 'application'): string | undefined => {
  try {
    checkedTransforms(transforms, type)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe('transforms', () => {
  it('may be one of the host and one of the URL', () =>
    expect(refusal([url('^/old/(.*)', '/new/$1'), host('^(.+)\\.com$', '$1.internal')])).toBeUndefined())

  it.each<[RuleTransform[], string]>([
    [[url('a', 'b'), url('c', 'd')], "A rule can only have one 'url-rewrite' transform"],
    [[{ Type: 'url-rewrite' }], 'must have exactly one rewrite'],
    [[url('', 'b')], 'cannot be empty'],
    [[url('(', 'b')], 'is not valid'],
    [[url('(?<=a)b', 'b')], 'is not valid'],
    [[url('(a)', '$2')], "names '$2'"],
    [[url('a', 'b\r\nc')], 'contains a character that is not valid'],
    [[url('a'.repeat(1025), 'b')], "cannot be longer than '1024' characters"],
    [[{ ...url('a', 'b'), HostHeaderRewriteConfig: { Rewrites: [] } }], 'HostHeaderRewriteConfig cannot be used'],
    [[{ Type: 'path' as never }], "Transform type 'path' must be one of"],
  ])('%j are refused', (transforms, message) => expect(refusal(transforms)).toContain(message))

  it('are for Application Load Balancers', () => expect(refusal([url('a', 'b')], 'network')).toContain('only'))

  it.each([
    ['^/old/(.*)', '/new/$1', '/old/a?b=c', '/new/a?b=c'],
    ['b', '[$0]', 'abcb', 'a[b]cb'],
    ['x', 'y', 'abc', undefined],
  ])('%s to %s makes %s %s', (Regex, Replace, text, expected) =>
    expect(rewritten({ Regex, Replace }, text)).toBe(expected),
  )
})
