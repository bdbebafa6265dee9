import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { authorityFile, localCertificate } from './local-authority.ts'

const DAY_MS = 86_400_000
let dataDir: string
let clock: ManualClock

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-tls-'))
  clock = new ManualClock()
})

afterEach(() => rmSync(dataDir, { recursive: true }))

const certificate = (...names: readonly string[]) => localCertificate({ dataDir, names, clock, ids: new SystemIds() })
const authority = () => new X509Certificate(readFileSync(authorityFile(dataDir)))

it('signs for names and addresses, and keeps its keys to the owner', async () => {
  const { cert, key } = await certificate('localhost', '127.0.0.1', '::1', 'ecs.example.com')
  const parsed = new X509Certificate(cert)
  expect(parsed.checkHost('ecs.example.com')).toBe('ecs.example.com')
  expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(parsed.checkIP('::1')).toBe('::1')
  expect(parsed.verify(authority().publicKey)).toBe(true)
  expect(key).toContain('PRIVATE KEY')
  for (const name of ['ca.key', 'server.key'])
    expect(statSync(path.join(dataDir, 'server', 'tls', name)).mode & 0o777).toBe(0o600)
})

it('keeps the certificate while it lasts, and the authority when it does not', async () => {
  const first = await certificate('localhost')
  const signer = authority()
  expect(await certificate('localhost')).toEqual(first)
  await clock.advance(370 * DAY_MS)
  const renewed = await certificate('localhost')
  expect(renewed.cert).not.toBe(first.cert)
  expect(new X509Certificate(renewed.cert).verify(signer.publicKey)).toBe(true)
})

it('signs another certificate for another name', async () => {
  const first = await certificate('localhost')
  expect(new X509Certificate((await certificate('localhost', 'other.example')).cert).checkHost('other.example')).toBe(
    'other.example',
  )
  expect(first.cert).toContain('BEGIN CERTIFICATE')
})

it('does not take a certificate for its own that another authority signed', async () => {
  const first = await certificate('localhost')
  rmSync(path.join(dataDir, 'server', 'tls', 'ca.key'))
  rmSync(authorityFile(dataDir))
  const second = await certificate('localhost')
  expect(second.cert).not.toBe(first.cert)
  expect(new X509Certificate(second.cert).verify(authority().publicKey)).toBe(true)
})
