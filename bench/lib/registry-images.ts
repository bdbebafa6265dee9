/** Images whose layers cannot be compressed, as registries and engines take them. */
import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { OCI_MANIFEST } from '../../src/model/image-manifest.ts'

export interface Content {
  readonly digest: string
  readonly bytes: Buffer
}

export interface BenchImage {
  /** Configuration and layers. */
  readonly blobs: readonly Content[]
  readonly layers: readonly Content[]
  readonly manifest: Buffer
  /** Of all of it. */
  readonly totalBytes: number
}

const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip'
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json'
const TAR_BLOCK_BYTES = 512

export const anImage = (layerCount: number, layerBytes: number): BenchImage => {
  const archives = Array.from({ length: layerCount }, (_, number) =>
    archiveOf(`data-${number}`, randomBytes(layerBytes)),
  )
  // Stored, not compressed: there is nothing to win.
  const layers = archives.map((archive) => contentOf(gzipSync(archive, { level: 0 })))
  const configuration = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: archives.map((archive) => digestOf(archive)) },
  }
  const config = contentOf(Buffer.from(JSON.stringify(configuration)))
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(CONFIG_TYPE, config),
    layers: layers.map((layer) => descriptor(LAYER_TYPE, layer)),
  }
  const blobs = [config, ...layers]
  const totalBytes = blobs.reduce((sum, { bytes }) => sum + bytes.length, 0)
  return { blobs, layers, manifest: Buffer.from(JSON.stringify(manifest)), totalBytes }
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const contentOf = (bytes: Buffer): Content => ({ digest: digestOf(bytes), bytes })

const descriptor = (mediaType: string, { digest, bytes }: Content) => ({ mediaType, digest, size: bytes.length })

/** A tar (ustar) of one file. */
const archiveOf = (name: string, content: Buffer): Buffer => {
  const header = Buffer.alloc(TAR_BLOCK_BYTES)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((TAR_BLOCK_BYTES - (content.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES)
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * TAR_BLOCK_BYTES)])
}
