/** Pebble, the ACME server that Let's Encrypt tests clients with, and its DNS server, in which every name is this machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { createAuthority, createKey, signCertificate } from '../../src/kit/x509.ts'
import { accepts, freePort } from './loadbalancer/haproxy-under-test.ts'
import { until } from './longshore.ts'

export interface Pebble {
  readonly directoryUrl: string
  /** What vouches for the server, PEM. */
  readonly trusted: string
  /** Where it looks for answers to HTTP-01. */
  readonly httpPort: number
  /** A program that publishes TXT records. */
  readonly dnsHook: string
  /** Loses everything that it knew. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A name that it issues nothing for. */
export const BLOCKED_DOMAIN = 'blocked.example'

/** It answers for no challenge itself, and every name is this machine. */
const NO_SERVERS = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', '']

const ENVIRONMENT = { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '30', PEBBLE_AUTHZREUSE: '0' }

export const startPebble = async (): Promise<Pebble> => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-pebble-'))
  const ports = await Promise.all(Array.from({ length: 6 }, freePort))
  const [listen = 0, management = 0, httpPort = 0, tlsPort = 0, dns = 0, dnsManagement = 0] = ports
  const file = (name: string, content: string): string => {
    writeFileSync(path.join(directory, name), content, { mode: 0o600 })
    return path.join(directory, name)
  }
  const maker = { clock: new SystemClock(), ids: new SystemIds() }
  const [authority, key] = [await createAuthority(maker), await createKey('EC_prime256v1')]
  const request = { subject: 'CN=localhost', names: ['localhost', '127.0.0.1'], days: 2 }
  const certificate = await signCertificate(authority, { key, algorithm: 'EC_prime256v1' }, request, maker)
  const config = file(
    'config.json',
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${listen}`,
        managementListenAddress: `127.0.0.1:${management}`,
        certificate: file('pebble.crt', certificate),
        privateKey: file('pebble.key', key),
        httpPort,
        tlsPort,
        domainBlocklist: [BLOCKED_DOMAIN],
      },
    }),
  )
  const dnsHook = file(
    'dns-hook',
    `#!/bin/sh
case "$1" in
  present) curl -fsS -d "{\\"host\\":\\"$2.\\",\\"value\\":\\"$3\\"}" http://127.0.0.1:${dnsManagement}/set-txt ;;
  cleanup) curl -fsS -d "{\\"host\\":\\"$2.\\"}" http://127.0.0.1:${dnsManagement}/clear-txt ;;
esac
`,
  )
  chmodSync(dnsHook, 0o700)
  const begin = async (): Promise<ChildProcess> => {
    const child = spawn('pebble', ['-config', config, '-strict', '-dnsserver', `127.0.0.1:${dns}`], {
      stdio: 'ignore',
      env: { ...process.env, ...ENVIRONMENT },
    })
    // Who finds nobody there asks again minutes later.
    await until('Pebble to listen', () => accepts(listen))
    return child
  }
  const names = spawn(
    'pebble-challtestsrv',
    [...NO_SERVERS, '-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`],
    { stdio: 'ignore' },
  )
  await until('its DNS server to listen', async () => (await accepts(dns)) && accepts(dnsManagement))
  let pebble = await begin()
  return {
    directoryUrl: `https://127.0.0.1:${listen}/dir`,
    trusted: authority.cert,
    httpPort,
    dnsHook,
    restart: async () => {
      await end(pebble)
      pebble = await begin()
    },
    stop: async () => {
      await Promise.all([end(pebble), end(names)])
      rmSync(directory, { recursive: true })
    },
  }
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}
