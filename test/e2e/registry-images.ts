/** Images of as many layers as a test wants, made without an engine: a busybox, and then one file for each layer. As `docker save` writes them. */
import { createHash } from 'node:crypto'
import { busyboxLayer } from './busybox-image.ts'

const BLOCK_BYTES = 512

/** A tar archive of files by their names. */
const tarOf = (files: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat([
    ...Object.entries(files).flatMap(([name, content]) => [
      headerOf(name, content.length),
      content,
      Buffer.alloc((BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES),
    ]),
    Buffer.alloc(2 * BLOCK_BYTES),
  ])

/** POSIX ustar. */
const headerOf = (name: string, bytes: number): Buffer => {
  const header = Buffer.alloc(BLOCK_BYTES)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  const fields: readonly (readonly [offset: number, text: string])[] = [
    [0, name],
    [100, octal(0o644, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(bytes, 11)],
    [136, octal(0, 11)],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar\u000000'],
  ]
  for (const [offset, text] of fields) header.write(text, offset, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

export interface ArchiveOptions {
  /** `name:tag`. */
  readonly reference: string
  /** The files `layer-<number>`, one in each layer after the first. */
  readonly layers: readonly Buffer[]
  readonly architecture?: string
  /** Without the busybox, so that nothing runs in it, and tools that unpack every layer into a directory of its own are quick. */
  readonly isBare?: boolean
}

/** What `docker load` and `skopeo copy docker-archive:` take. */
export const dockerArchive = (options: ArchiveOptions): Buffer => {
  const { reference, layers, architecture = 'amd64', isBare = false } = options
  const own = layers.map((content, index) => tarOf({ [`layer-${index + 1}`]: content }))
  const all = isBare ? own : [busyboxLayer(), ...own]
  const digests = all.map((layer) => createHash('sha256').update(layer).digest('hex'))
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      created: '2026-01-01T00:00:00Z',
      config: { Env: ['PATH=/bin'], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
      history: digests.map((digest) => ({ created: '2026-01-01T00:00:00Z', created_by: digest })),
    }),
  )
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`
  const layerNames = digests.map((digest) => `${digest}.tar`)
  return tarOf({
    [configName]: config,
    ...Object.fromEntries(layerNames.map((name, index) => [name, all[index] ?? Buffer.alloc(0)])),
    'manifest.json': Buffer.from(JSON.stringify([{ Config: configName, RepoTags: [reference], Layers: layerNames }])),
  })
}
