import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aLayer } from '../../../test/builders/a-layer.ts'
import { pushImage, type RegistryServer, startRegistry } from '../../../test/registry-server.ts'
import { ManualClock, SystemClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import type { Finding, ImageScanRecord } from '../../model/image-scan/finding.ts'
import { DAY_MS } from '../../model/limits.ts'
import { imageCollection } from '../image-collection/image-collection.ts'
import { ImageScan } from './image-scan.ts'

const STATUS = 'Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: 3.0.11-1\n'
const LAYER = gzipSync(aLayer({ 'var/lib/dpkg/status': STATUS, 'etc/os-release': 'ID=debian\nVERSION_ID="12"\n' }))

const advisory = (id: string, ecosystem: string, name: string, more: object = {}) => ({
  id,
  affected: [{ package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] }],
  ...more,
})

describe('scans of images', () => {
  let registry: RegistryServer
  let advisoriesFile: string

  beforeEach(async () => {
    registry = await startRegistry()
    advisoriesFile = path.join(registry.directory, 'advisories.jsonl')
    await registry.addRepository('web', { isScannedOnPush: true })
  })

  afterEach(() => registry.stop())

  const scan = async (options: { readonly advisoriesFile?: string } = { advisoriesFile }): Promise<ImageScanRecord> => {
    const { store, blobs } = registry
    await new ImageScan({
      store,
      blobs,
      clock: new SystemClock(),
      ids: new SystemIds(),
      log: silentLog,
      ...options,
    }).reconcile()
    const [found] = store.tables.imageScans.rows()
    if (found === undefined) throw new Error('there is no scan')
    return found
  }

  const findingsOf = async ({ findingsDigest = '' }: ImageScanRecord): Promise<Finding[]> =>
    JSON.parse(String(await registry.blobs.in().read(findingsDigest))) as Finding[]

  const write = (...advisories: readonly object[]): void =>
    writeFileSync(advisoriesFile, advisories.map((each) => JSON.stringify(each)).join('\n'))

  it('find what is known against packages, the worst first', async () => {
    await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    write(
      advisory('CVE-1', 'Debian:12', 'openssl', { database_specific: { severity: 'LOW' } }),
      advisory('CVE-2', 'Debian:12', 'openssl', { database_specific: { severity: 'HIGH' } }),
      advisory('CVE-3', 'Debian:12', 'bash'),
      advisory('CVE-4', 'npm', 'openssl'),
    )
    const found = await scan()
    const { status, counts, advisoriesUpdatedAt } = found
    expect([status, counts]).toEqual(['COMPLETE', { HIGH: 1, LOW: 1 }])
    expect((await findingsOf(found)).map(({ name, severity }) => `${name} ${severity}`)).toEqual([
      'CVE-2 HIGH',
      'CVE-1 LOW',
    ])
    expect(advisoriesUpdatedAt).toBeGreaterThan(0)
  })

  it('read the file anew each time, and as a list too', async () => {
    await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    write(advisory('CVE-3', 'Debian:12', 'bash'))
    expect(await findingsOf(await scan())).toEqual([])
    writeFileSync(advisoriesFile, JSON.stringify([advisory('CVE-1', 'Debian:12', 'openssl')]))
    const { store } = registry
    const [row] = store.tables.imageScans.rows()
    await store.transact((tx) => tx.imageScans.update(`${row?.repositoryId}/${row?.digest}`, { status: 'IN_PROGRESS' }))
    expect(await findingsOf(await scan())).toHaveLength(1)
  })

  it('keep the bill of materials beside the image, once', async () => {
    const digest = await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    await scan({})
    await registry.store.transact((tx) => {
      for (const row of tx.imageScans.rows()) tx.imageScans.put({ ...row, status: 'IN_PROGRESS' })
    })
    await scan({})
    const { manifests } = (await (await registry.send('GET', `web/referrers/${digest}`)).json()) as {
      manifests: { digest: string; artifactType: string }[]
    }
    expect(manifests).toMatchObject([{ artifactType: 'application/vnd.cyclonedx+json' }])
    const manifest = await registry.send('GET', `web/manifests/${manifests[0]?.digest}`)
    const { layers } = (await manifest.json()) as { layers: { digest: string }[] }
    const sbom = await (await registry.send('GET', `web/blobs/${layers[0]?.digest}`)).json()
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', components: [{ name: 'debian' }, { name: 'libssl3' }] })
    expect(registry.store.tables.imageScans.size).toBe(1)
    await registry.send('DELETE', `web/manifests/${digest}`)
    expect(registry.store.tables.images.size).toBe(0)
  })

  it.each([
    ['there are no advisories', {}, 'FAILED', 'No advisory data is configured.'],
    ['the file is not there', { advisoriesFile: '/nowhere/advisories' }, 'FAILED', 'The advisory file cannot be read'],
  ])('say that %s, and never that nothing was found', async (_, options, status, description) => {
    await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    const found = await scan(options)
    expect(found.status).toBe(status)
    expect(found.description).toContain(description)
  })

  it('say that the file has nothing about where the packages are from', async () => {
    await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    write(advisory('CVE-1', 'Debian:11', 'openssl'))
    const { status, description } = await scan()
    expect(status).toBe('FAILED')
    expect(description).toContain('The advisory data has nothing about Debian:12.')
  })

  it('keep what they have found for as long as the image stays', async () => {
    await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    write(advisory('CVE-1', 'Debian:12', 'openssl'))
    const found = await scan()
    const { store, blobs } = registry
    const clock = new ManualClock(Date.now() + 3 * DAY_MS)
    const collect = () => imageCollection({ store, blobs, clock, log: silentLog }).reconcile('all')
    await collect()
    expect(await findingsOf(found)).toHaveLength(1)
    await store.transact((tx) => tx.imageScans.remove(`${found.repositoryId}/${found.digest}`))
    await collect()
    expect(await blobs.in().has(found.findingsDigest ?? '')).toBe(false)
  })

  it('say where the file is wrong', async () => {
    await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    writeFileSync(advisoriesFile, `${JSON.stringify(advisory('CVE-1', 'Debian:12', 'openssl'))}\n{"Debian`)
    const { status, description } = await scan()
    expect([status, description]).toEqual(['FAILED', expect.stringContaining('not JSON')])
  })

  it.each([
    ['has no packages', LAYER.subarray(0, 0)],
    ['is no archive', Buffer.from('x'.repeat(5000))],
  ])('do not support an image that %s', async (_, layer) => {
    await pushImage(registry, 'web', 'v1', { layers: [layer] })
    expect((await scan()).status).toBe('UNSUPPORTED_IMAGE')
  })

  it('tell of a layer that is not there any more', async () => {
    await pushImage(registry, 'web', 'v1', { layers: [LAYER] })
    rmSync(path.join(registry.directory, 'blobs'), { recursive: true })
    expect((await scan()).status).toBe('UNSUPPORTED_IMAGE')
  })
})
