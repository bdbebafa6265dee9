/** HTTPS, and what the first start says: with the AWS CLI, and the agent and commands of this machine. */
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../longshore.ts'
import { aPlace, type Place, run } from './run.ts'

/** Debian's; an `aws` earlier in the path may be another. */
const AWS = '/usr/bin/aws'
const UP = ['up', '--detach', '--port', '0', '--runtime', 'simulated']

let place: Place
beforeEach(() => {
  place = aPlace()
})
afterEach(() => {
  place.end()
  place.remove()
})

const up = (...args: readonly string[]): string => {
  const { status, stdout, said } = run([...UP, ...args], place)
  if (status !== 0) throw new Error(said)
  return stdout
}

const variables = (): Record<string, string> => {
  const lines = run(['env'], place).stdout.trim().split('\n')
  return Object.fromEntries(lines.map((line) => line.replace('export ', '').split('=') as [string, string]))
}

const aws = (args: string, env: Record<string, string>) =>
  spawnSync(AWS, ['--endpoint-url', env['AWS_ENDPOINT_URL'] ?? '', ...args.split(' ')], {
    env: { ...place.env, ...env },
    encoding: 'utf8',
  })

describe('with --tls', () => {
  it('serves HTTPS to everyone who trusts its authority, its own agent first', async () => {
    expect(up('--tls')).toMatch(/listens on https:\/\/127\.0\.0\.1:\d+/)
    const instances = () => aws('ecs list-container-instances', variables()).stdout
    await until('an instance', () => instances().includes(':container-instance/'))
    expect(run(['status'], place).stdout).toContain('https://')
  })

  it('is not believed by who does not', () => {
    up('--tls')
    const { AWS_CA_BUNDLE: _, ...others } = variables()
    const { status, stderr } = aws('ecs list-clusters', others)
    expect([status, stderr]).toEqual([255, expect.stringMatching(/certificate/i)])
  })

  it('names the authority at the first start, and keeps it', () => {
    expect(up('--tls')).toMatch(
      /Clients on other machines have to trust this certificate: \S+ca\.crt\n {2}SHA-256 [0-9A-F:]{95}\n/,
    )
    const before = readFileSync(variables()['AWS_CA_BUNDLE'] ?? '', 'utf8')
    place.end()
    expect(up('--tls')).not.toContain('SHA-256')
    expect(readFileSync(variables()['AWS_CA_BUNDLE'] ?? '', 'utf8')).toBe(before)
  })
})

describe("with the operator's certificate", () => {
  it('shows it, and refuses a key of another', () => {
    up('--tls')
    place.end()
    const file = (name: string): string => path.join(place.dataDir, 'server', 'tls', name)
    expect(up('--tls-cert', file('server.crt'), '--tls-key', file('server.key'))).toContain('https://')
    place.end()
    const { status, said } = run([...UP, '--tls-cert', file('server.crt'), '--tls-key', file('ca.key')], place)
    expect(status).toBe(1)
    expect(said).toContain('is not that of the certificate in')
    writeFileSync(file('server.crt'), 'no certificate')
    expect(run([...UP, '--tls-cert', file('server.crt'), '--tls-key', file('ca.key')], place).said).toContain(
      'are no certificate and key in PEM',
    )
    const elsewhere = ['--tls-cert', file('ca.crt'), '--tls-key', file('ca.key')]
    expect(run([...UP, ...elsewhere], place).said).toContain('say with --advertise under which of its names')
  })
})

describe('the first start without --dev', () => {
  it("shows the root user's access key once, and keeps it in a file for the owner alone", () => {
    const said = up()
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = variables()
    expect(said).toContain(`AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}`)
    expect(said).toContain(`AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}`)
    expect(statSync(path.join(place.dataDir, 'server', 'root-access-key.json')).mode & 0o777).toBe(0o600)
    expect(readFileSync(path.join(place.dataDir, 'longshore.log'), 'utf8')).not.toContain(AWS_SECRET_ACCESS_KEY)
    place.end()
    expect(up()).not.toContain(AWS_SECRET_ACCESS_KEY)
  })

  it('listens beyond loopback with HTTPS only, or with a word of the operator', () => {
    const { status, said } = run([...UP, '--host', '0.0.0.0'], place)
    expect(status).toBe(1)
    expect(said).toBe(
      'longshore: Beyond loopback Longshore serves HTTPS: add --tls, or --tls-cert and --tls-key, or --plain-http if something in front of 0.0.0.0 speaks HTTPS.\n',
    )
    expect(up('--host', '0.0.0.0', '--plain-http')).toContain('listens on http://')
  })
})
