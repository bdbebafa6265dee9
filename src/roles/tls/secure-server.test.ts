import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { secureServer } from './secure-server.ts'
import { type ServerCertificate, serverCertificate } from './server-certificate.ts'

const DAY_MS = 86_400_000

describe('the certificate that a client is shown', () => {
  let dataDir: string
  let clock: ManualClock
  let certificate: ServerCertificate
  let server: Server

  beforeEach(async () => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-tls-'))
    // Clients take no certificate of tomorrow.
    clock = new ManualClock(Date.now() - DAY_MS)
    const place = { account: '000000000000', region: 'us-east-1', 'registry-suffix': 'images.test' }
    const values = { 'tls-cert': undefined, 'tls-key': undefined, host: '127.0.0.1', advertise: undefined, ...place }
    certificate = serverCertificate({ ...values, 'data-dir': dataDir }, clock, new SystemIds())
    server = await secureServer(certificate, {}, { clock, log: silentLog })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(async () => {
    server.close()
    await once(server, 'close')
    rmSync(dataDir, { recursive: true })
  })

  /** Rejects if the certificate is not for the name. */
  const shownTo = async (servername: string): Promise<PeerCertificate> => {
    const { port } = server.address() as AddressInfo
    const socket = connect({ host: '127.0.0.1', port, servername, ca: readFileSync(certificate.trustFile) })
    await once(socket, 'secureConnect')
    const shown = socket.getPeerCertificate()
    socket.destroy()
    return shown
  }

  it('has the names of the server, and that of a registry in any region', async () => {
    const own = await shownTo('localhost')
    expect((await shownTo('000000000000.dkr.ecr.us-east-1.images.test')).fingerprint).toBe(own.fingerprint)
    const there = await shownTo('000000000000.dkr.ecr.eu-west-1.images.test')
    expect(there.subjectaltname).toBe('DNS:000000000000.dkr.ecr.eu-west-1.images.test')
    const again = await shownTo('000000000000.DKR.ECR.eu-west-1.images.test')
    expect(again.fingerprint).toBe(there.fingerprint)
    expect((await shownTo('000000000000.dkr.ecr.eu-west-2.images.test')).fingerprint).not.toBe(there.fingerprint)
  })

  it('is made anew when the server looks for another one', async () => {
    const name = '000000000000.dkr.ecr.eu-west-1.images.test'
    const first = await shownTo(name)
    await clock.advance(DAY_MS)
    expect((await shownTo(name)).fingerprint).not.toBe(first.fingerprint)
  })

  it.each([
    'ecs.example.com',
    '111122223333.dkr.ecr.eu-west-1.images.test',
    '000000000000.dkr.ecr.eu-west-1.amazonaws.com',
    '000000000000.dkr.ecr.eu-west-1.example.com',
  ])('is never one for %s', async (name) => {
    await expect(shownTo(name)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })
})
