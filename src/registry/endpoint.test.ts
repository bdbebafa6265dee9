import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDigest, isRepositoryName, isTag } from '../model/image-names.ts'
import { type Endpoint, endpointOf } from './endpoint.ts'
import { RegistryFault } from './registry-fault.ts'
import { trailOf } from './trail.ts'

const digest = `sha256:${'a'.repeat(64)}`
const uploadId = '01234567-89ab-cdef-0123-456789abcdef'

describe('paths of the registry', () => {
  it.each<[string, Endpoint]>([
    ['/v2/', { kind: 'base' }],
    ['/v2/_catalog', { kind: 'catalog' }],
    ['/v2/web/tags/list', { kind: 'tags', repository: 'web' }],
    ['/v2/team/web/manifests/v1', { kind: 'manifest', repository: 'team/web', reference: { tag: 'v1' } }],
    [`/v2/web/manifests/${digest}`, { kind: 'manifest', repository: 'web', reference: { digest } }],
    [`/v2/web/manifests/${encodeURIComponent(digest)}`, { kind: 'manifest', repository: 'web', reference: { digest } }],
    [`/v2/web/blobs/${digest}`, { kind: 'blob', repository: 'web', digest }],
    [`/v2/web/referrers/${digest}`, { kind: 'referrers', repository: 'web', digest }],
    ['/v2/web/blobs/uploads/', { kind: 'uploads', repository: 'web' }],
    ['/v2/web/blobs/uploads', { kind: 'uploads', repository: 'web' }],
    [`/v2/web/blobs/uploads/${uploadId}`, { kind: 'upload', repository: 'web', uploadId }],
    // Names of repositories may have such parts themselves.
    ['/v2/blobs/uploads/tags/list', { kind: 'tags', repository: 'blobs/uploads' }],
    ['/v2/web/manifests/manifests/v1', { kind: 'manifest', repository: 'web/manifests', reference: { tag: 'v1' } }],
  ])('%s', (path, endpoint) => expect(endpointOf(path)).toEqual(endpoint))

  it('are made of names that are safe, or refused, whatever they are', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'blobs',
        'uploads',
        'manifests',
        'tags',
        'list',
        'referrers',
        '..',
        '.',
        '',
        digest,
        uploadId,
        '%2f',
        '%00',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.constantFrom('GET', 'PUT', 'DELETE', 'x'), (parts, method) => {
        const endpoint = endpointOrFault(`/v2/${parts.join('/')}`)
        return endpoint === undefined || (isSafe(endpoint) && Array.isArray(trailOf(endpoint, method, NO_QUERY)))
      }),
      { numRuns: 2000 },
    )
  })
})

const NO_QUERY = new URLSearchParams()

const isSafe = (endpoint: Endpoint): boolean =>
  (!('repository' in endpoint) || isRepositoryName(endpoint.repository)) &&
  (!('digest' in endpoint) || isDigest(endpoint.digest)) &&
  (!('uploadId' in endpoint) || /^[0-9a-f-]{36}$/.test(endpoint.uploadId)) &&
  (!('reference' in endpoint) || isTag(endpoint.reference.tag ?? '') || isDigest(endpoint.reference.digest ?? ''))

/** Nothing else is ever thrown. */
const endpointOrFault = (path: string): Endpoint | undefined => {
  try {
    return endpointOf(path)
  } catch (error) {
    if (error instanceof RegistryFault) return undefined
    throw error
  }
}
