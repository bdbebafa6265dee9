import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { aLayer } from '../../../test/builders/a-layer.ts'
import { PackageFiles } from './package-files.ts'
import { Unscannable } from './scan-limits.ts'
import { unpacked } from './unpacked.ts'

/** In pieces, as they come from a disk. */
async function* inPieces(content: Buffer, size = 1000): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

const scanned = async (...layers: readonly Buffer[]): Promise<PackageFiles> => {
  const files = new PackageFiles()
  for (const layer of layers) await files.addLayer(unpacked(inPieces(layer)))
  return files
}

const found = async (...layers: readonly Buffer[]): Promise<string[]> =>
  (await scanned(...layers)).packages().map(({ kind, name, version }) => `${kind} ${name} ${version}`)

const STATUS = `Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl (3.0.11-1)
Version: 3.0.11-1~deb12u2
Description: a library
 Package: not this

Package: gone
Status: deinstall ok config-files
Version: 1
`

describe('packages of an image', () => {
  it('are read from the list of dpkg, with what they were built from', async () => {
    const files = await scanned(
      aLayer({ 'var/lib/dpkg/status': STATUS, 'etc/os-release': 'ID=debian\nVERSION_ID="12"\n' }),
    )
    expect(files.packages()).toEqual([
      {
        kind: 'deb',
        name: 'libssl3',
        version: '3.0.11-1~deb12u2',
        architecture: 'amd64',
        source: { name: 'openssl', version: '3.0.11-1' },
        path: 'var/lib/dpkg/status',
      },
    ])
    expect(files.distribution()).toMatchObject({ id: 'debian', version: '12' })
  })

  it('are read from the files of images without a package manager', async () => {
    const layer = aLayer({
      './var/lib/dpkg/status.d/tzdata': 'Package: tzdata\nVersion: 2024a\n',
      './var/lib/dpkg/status.d/tzdata.md5sums': 'Package: no\nVersion: 1\n',
    })
    expect(await found(layer)).toEqual(['deb tzdata 2024a'])
  })

  it('are read from the list of apk', async () => {
    const layer = aLayer({ 'lib/apk/db/installed': 'P:musl\nV:1.2.4-r2\nA:x86_64\no:musl\n\nP:zlib\nV:1.3-r0\n\n' })
    expect(await found(layer)).toEqual(['apk musl 1.2.4-r2', 'apk zlib 1.3-r0'])
  })

  it('are read from node_modules and from what pip leaves, however deep', async () => {
    const deep = `${'very-long-directory/'.repeat(8)}node_modules/@scope/thing/package.json`
    const layer = aLayer({
      [deep]: '{"name":"@scope/thing","version":"1.2.3"}',
      'app/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.0.0"}',
      'app/node_modules/left-pad/lib/package.json': '{"name":"no","version":"1"}',
      'app/node_modules/broken/package.json': '{',
      'usr/lib/python3/dist-packages/Flask_Thing-2.0.dist-info/METADATA':
        'Metadata-Version: 2.1\nName: Flask_Thing\nVersion: 2.0\n\nName: no\n',
      'usr/lib/python3/dist-packages/six.egg-info': 'Name: six\nVersion: 1.16.0\n',
    })
    expect(await found(layer)).toEqual([
      'npm @scope/thing 1.2.3',
      'npm left-pad 1.0.0',
      'pypi flask-thing 2.0',
      'pypi six 1.16.0',
    ])
  })

  it('are the same whatever the layer is packed by', async () => {
    const layer = aLayer({ 'var/lib/dpkg/status': STATUS, 'bin/tool': Buffer.alloc(200_000, 7) })
    for (const packed of [layer, gzipSync(layer), zstdCompressSync(layer)])
      expect(await found(packed)).toEqual(['deb libssl3 3.0.11-1~deb12u2'])
  })

  it('are gone where a layer above removes them, and there where it brings them back', async () => {
    const [base, other] = [
      aLayer({ 'app/node_modules/a/package.json': '{"name":"a","version":"1"}' }),
      '{"name":"b","version":"2"}',
    ]
    expect(await found(base, aLayer({ 'app/node_modules/a/.wh.package.json': '' }))).toEqual([])
    expect(await found(base, aLayer({ '.wh.app': '' }))).toEqual([])
    expect(await found(base, aLayer({ 'app/': '', 'app/node_modules/.wh..wh..opq': '' }))).toEqual([])
    expect(await found(base, aLayer({ app: 'a file now' }))).toEqual([])
    expect(await found(base, aLayer({ 'app/.wh.node_modul': '', appl: '' }))).toEqual(['npm a 1'])
    const replaced = aLayer({ 'app/node_modules/b/package.json': other, 'app/.wh..wh..opq': '' })
    expect(await found(base, replaced)).toEqual(['npm b 2'])
    expect(await found(base, aLayer({ 'app/node_modules/a/package.json': other }))).toEqual(['npm b 2'])
  })

  it('are read from the database of RPM, larger rows included', async () => {
    const packages = [
      { name: 'bash', version: '5.1.8', release: '6.el9', epoch: undefined },
      { name: 'gpg-pubkey', version: '1', release: '1', epoch: undefined },
      { name: 'openssl-libs', version: '3.0.7', release: '24.el9', epoch: 1 },
      ...Array.from({ length: 300 }, (_, at) => ({ name: `p${at}`, version: '1', release: '1', epoch: undefined })),
    ]
    const layer = aLayer({ 'var/lib/rpm/rpmdb.sqlite': rpmDatabase(packages.map(rpmHeader)) })
    const all = await found(layer)
    expect(all).toHaveLength(302)
    expect(all).toContain('rpm bash 5.1.8-6.el9')
    expect(all).toContain('rpm openssl-libs 1:3.0.7-24.el9')
  })

  it.each([
    ['a database of RPM that only RPM reads', aLayer({ 'var/lib/rpm/Packages': 'x' })],
    ['a database of RPM that is none', aLayer({ 'var/lib/rpm/rpmdb.sqlite': 'x' })],
    ['a database whose pages go round in circles', aLayer({ 'var/lib/rpm/rpmdb.sqlite': circularDatabase() })],
    ['what is no archive', Buffer.from('x'.repeat(2000))],
    ['what is not packed as it says', Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(1000, 9)])],
    ['an archive that ends too early', aLayer({ 'bin/tool': Buffer.alloc(5000) }).subarray(0, 2000)],
    ['a bomb', gzipSync(Buffer.concat([aLayer({ zeros: Buffer.alloc(80 * 1024 ** 2) })]))],
  ])('are not to be had from %s', async (_, layer) => {
    const scan = async () => (await scanned(layer)).packages()
    await expect(scan()).rejects.toThrow(Unscannable)
  })

  it.each([
    [
      'files deeper than there can be any',
      [aLayer({ [`${'a/'.repeat(600)}node_modules/one/package.json`]: '{"name":"one","version":"1"}' })],
    ],
    [
      'too many of those that tell of nothing',
      [
        aLayer(
          Object.fromEntries(
            Array.from({ length: 50_001 }, (_, index) => [`node_modules/m${index}/package.json`, '{}']),
          ),
        ),
      ],
    ],
    [
      'more packages than there can be',
      [aLayer({ 'var/lib/dpkg/status': 'Package: a\nVersion: 1\n\n'.repeat(50_001) })],
    ],
    [
      'files in too many directories',
      [
        aLayer(
          Object.fromEntries(
            Array.from({ length: 1000 }, (_, index) => [
              `${`${index}/`}${'b/'.repeat(450)}node_modules/one/package.json`,
              '{"name":"one","version":"1"}',
            ]),
          ),
        ),
      ],
    ],
    ['more layers than anything runs', Array.from({ length: 201 }, () => aLayer({ a: '' }))],
  ])('are not looked for in %s', async (_what, layers) => {
    await expect(scanned(...layers)).rejects.toThrow(Unscannable)
  })

  it('may be what a layer above has removed, if it could not be read', async () => {
    expect(await found(aLayer({ 'var/lib/rpm/Packages': 'x' }), aLayer({ 'var/lib/rpm/.wh.Packages': '' }))).toEqual([])
  })
})

interface RpmPackage {
  readonly name: string
  readonly version: string
  readonly release: string
  readonly epoch: number | undefined
}

const rpmHeader = ({ name, version, release, epoch }: RpmPackage): Buffer => {
  const texts: [number, string][] = [
    [1000, name],
    [1001, version],
    [1002, release],
    [1022, 'x86_64'],
  ]
  const data: Buffer[] = []
  const entries: Buffer[] = []
  const add = (tag: number, type: number, value: Buffer): void => {
    const entry = Buffer.alloc(16)
    for (const [at, field] of [tag, type, Buffer.concat(data).length, 1].entries()) entry.writeUInt32BE(field, at * 4)
    entries.push(entry)
    data.push(value)
  }
  if (epoch !== undefined) add(1003, 4, Buffer.from([0, 0, 0, epoch]))
  for (const [tag, text] of texts) add(tag, 6, Buffer.from(`${text}\0`))
  add(1004, 6, Buffer.from(`${'a long summary '.repeat(900)}\0`))
  const intro = Buffer.alloc(8)
  intro.writeUInt32BE(entries.length, 0)
  intro.writeUInt32BE(Buffer.concat(data).length, 4)
  return Buffer.concat([intro, ...entries, ...data])
}

function rpmDatabase(headers: readonly Buffer[]): Buffer {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-rpm-'))
  try {
    const file = path.join(directory, 'rpmdb.sqlite')
    const database = new DatabaseSync(file)
    database.exec(
      "CREATE TABLE Other (a TEXT); CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)",
    )
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)')
    for (const header of headers) insert.run(header)
    database.close()
    return readFileSync(file)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function circularDatabase(): Buffer {
  const file = rpmDatabase(Array.from({ length: 50 }, () => Buffer.alloc(500)))
  const pageBytes = file.readUInt16BE(16)
  for (let page = pageBytes; page < file.length; page += pageBytes)
    if (file[page] === 0x05) file.writeUInt32BE(page / pageBytes + 1, page + 8)
  return file
}
