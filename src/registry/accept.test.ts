import { describe, expect, it } from 'vitest'
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../model/image-manifest.ts'
import { accepts, usualImageOf, wantsOnePlatform } from './accept.ts'

describe('what a client accepts', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    OCI_INDEX,
    `text/html, ${OCI_INDEX};q=0.1`,
    OCI_INDEX.toUpperCase(),
    `${DOCKER_MANIFEST},${OCI_INDEX}`,
  ])('%j has indexes', (header) => expect(accepts(header, OCI_INDEX)).toBe(true))

  it.each(['text/html', DOCKER_MANIFEST, `${OCI_INDEX};q=0, text/html`, 'application/vnd.oci.image.index.v2+json'])(
    '%j has none',
    (header) => expect(accepts(header, OCI_INDEX)).toBe(false),
  )

  it('may be images of one platform', () => {
    expect(wantsOnePlatform(`${DOCKER_MANIFEST}, text/html`)).toBe(true)
    expect(wantsOnePlatform('text/html')).toBe(false)
  })

  it('is an image of linux/amd64 where it cannot choose, if there is one', () => {
    const index = (...platforms: readonly (object | undefined)[]): Buffer =>
      Buffer.from(
        JSON.stringify({ manifests: platforms.map((platform, digest) => ({ digest: `${digest}`, platform })) }),
      )
    const amd64 = { os: 'linux', architecture: 'amd64' }
    expect(usualImageOf(index(undefined, { os: 'windows', architecture: 'amd64' }, amd64))).toBe('2')
    expect(usualImageOf(index({ os: 'linux', architecture: 'arm64' }))).toBeUndefined()
    expect(usualImageOf(index())).toBeUndefined()
  })

  it('is an image in any case', () => {
    expect(accepts(OCI_MANIFEST, OCI_MANIFEST)).toBe(true)
  })
})
