import { describe, expect, it } from 'vitest'
import { localDigest, parseReference } from './image-reference.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

describe('an image reference', () => {
  it.each([
    ['busybox', { registry: 'docker.io', repository: 'busybox' }],
    ['team/web:1.2', { registry: 'docker.io', repository: 'team/web', tag: '1.2' }],
    ['localhost/web', { registry: 'localhost', repository: 'localhost/web' }],
    ['registry:5000/web:1', { registry: 'registry:5000', repository: 'registry:5000/web', tag: '1' }],
    ['registry:5000/web', { registry: 'registry:5000', repository: 'registry:5000/web' }],
    [
      `r.example.com/a/b:1@${DIGEST}`,
      { registry: 'r.example.com', repository: 'r.example.com/a/b', tag: '1', digest: DIGEST },
    ],
  ])('%s is read as Docker reads it', (text, parts) => {
    expect(parseReference(text)).toEqual(parts)
  })
})

describe('the digest of a local image', () => {
  it('is that of the same repository, under any of its names', () => {
    const digests = ['other@sha256:1', 'busybox@sha256:2', 'r.example.com/web@sha256:3']
    expect(localDigest(['docker.io/library/busybox'], digests)).toBe('sha256:2')
    expect(localDigest(['web', 'r.example.com/web'], digests)).toBe('sha256:3')
    expect(localDigest(['web'], digests)).toBeUndefined()
  })
})
