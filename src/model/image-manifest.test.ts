import { describe, expect, it } from 'vitest'
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  InvalidManifest,
  MANIFEST_BYTES,
  MANIFEST_DESCRIPTORS,
  OCI_INDEX,
  OCI_MANIFEST,
  parseManifest,
} from './image-manifest.ts'

const digest = (character: string): string => `sha256:${character.repeat(64)}`
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('c'), size: 100 }
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('1'), size: 2000 }
const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }
const index = {
  schemaVersion: 2,
  mediaType: OCI_INDEX,
  manifests: [{ mediaType: OCI_MANIFEST, digest: digest('2'), size: 400, platform: { os: 'linux' } }],
}

const parse = (document: unknown, type?: string) => parseManifest(Buffer.from(JSON.stringify(document)), type)

describe('manifests', () => {
  it('of images refer to their configuration and layers', () => {
    expect(parse(image)).toEqual({
      mediaType: OCI_MANIFEST,
      config,
      layers: [layer],
      manifests: [],
      artifactType: config.mediaType,
      annotations: {},
    })
  })

  it('of Docker are read alike', () => {
    expect(parse({ ...image, mediaType: DOCKER_MANIFEST }).layers).toEqual([layer])
    expect(parse({ ...index, mediaType: DOCKER_MANIFEST_LIST }).manifests).toHaveLength(1)
  })

  it('of several platforms refer to the manifests of each', () => {
    expect(parse(index)).toMatchObject({ mediaType: OCI_INDEX, layers: [], manifests: [{ digest: digest('2') }] })
  })

  it('of artifacts say what they are and what they are about', () => {
    const subject = { mediaType: OCI_MANIFEST, digest: digest('3'), size: 400 }
    const empty = { ...config, mediaType: 'application/vnd.oci.empty.v1+json' }
    const signature = {
      ...image,
      config: empty,
      artifactType: 'application/x.signature',
      subject,
      annotations: { by: 'me' },
    }
    expect(parse(signature)).toMatchObject({
      artifactType: 'application/x.signature',
      subject,
      annotations: { by: 'me' },
    })
    expect(parse({ ...image, config: empty }).artifactType).toBe(empty.mediaType)
    expect(parse({ ...image, subject: null }).subject).toBeUndefined()
  })

  it('need not say their type if the sender does, or if it can be seen', () => {
    const { mediaType: _, ...silent } = image
    expect(parse(silent, DOCKER_MANIFEST).mediaType).toBe(DOCKER_MANIFEST)
    expect(parse(silent).mediaType).toBe(OCI_MANIFEST)
  })

  it.each<[string, unknown, string?]>([
    ['are JSON', 'text'],
    ['are objects', []],
    ['have schema version 2', { ...image, schemaVersion: 1 }],
    ['have a type that is known', { ...image, mediaType: 'text/plain' }],
    ['have the type that they were sent with', image, DOCKER_MANIFEST],
    ['have layers', { ...image, layers: undefined }],
    ['have a configuration', { ...image, config: null }],
    ['have digests that are digests', { ...image, config: { ...config, digest: 'sha256:../../etc/passwd' } }],
    ['have sizes that are sizes', { ...image, layers: [{ ...layer, size: -1 }] }],
    ['have whole sizes', { ...image, layers: [{ ...layer, size: 1.5 }] }],
    ['are not an index too', { ...image, manifests: [] }],
    ['are not an image too', { ...index, layers: [] }],
    ['have annotations of text', { ...image, annotations: { a: 1 } }],
    ['do not refer to too many', { ...image, layers: Array.from({ length: MANIFEST_DESCRIPTORS + 1 }, () => layer) }],
  ])('%s', (_rule, document, type) => {
    expect(() => parse(document, type)).toThrow(InvalidManifest)
  })

  it('are not deep, not large, and UTF-8', () => {
    const deep = `{"schemaVersion":2,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(() => parseManifest(Buffer.from(deep))).toThrow('nested deeper')
    expect(() => parseManifest(Buffer.alloc(MANIFEST_BYTES + 1, 32))).toThrow('more than')
    expect(() => parseManifest(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow('not JSON')
  })

  it('may have brackets in texts', () => {
    expect(parse({ ...image, annotations: { a: `\\"${'{['.repeat(100)}` } }).annotations['a']).toHaveLength(202)
  })
})
