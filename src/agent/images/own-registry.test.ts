import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { trustCertificates } from '../../kit/trust.ts'
import { authorityFile, localCertificate } from '../../roles/tls/local-authority.ts'
import { OwnRegistry } from './own-registry.ts'

const PLACE = { registryId: '000000000000', region: 'eu-west-1', useExecutionRole: false }
const open: { close(): unknown }[] = []

afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

const anOwnRegistry = (endpoint: string, isEngineLocal = true): OwnRegistry => {
  const registry = new OwnRegistry({ endpoint, isEngineLocal, log: silentLog })
  open.push(registry)
  return registry
}

/** A control plane that says what it was asked. */
const aControlPlane = async (bytes = 0): Promise<{ readonly endpoint: string; readonly asked: IncomingMessage[] }> => {
  const asked: IncomingMessage[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request)
    const isKnown = request.headers.authorization !== undefined
    response.writeHead(isKnown ? 200 : 401, {
      'WWW-Authenticate': 'Bearer realm="http://elsewhere/v2/token"',
      'X-Seen': '1',
    })
    response.end(Buffer.alloc(bytes, 'x'))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  open.push({ close: () => server.close() })
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** On a connection of its own: the next agent may have the same port. */
const ask = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ readonly status: number; readonly headers: IncomingMessage['headers']; readonly text: string }>(
    (resolve, reject) => {
      request(url, { method, headers, agent: false }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
      })
        .on('error', reject)
        .end()
    },
  )

/** As it is written: clients would resolve the dots themselves. */
const askAsWritten = (host: string, path: string) =>
  new Promise<number>((resolve, reject) => {
    const [hostname, port] = host.split(':')
    request({ hostname, port, path, agent: false }, (answer) => resolve(answer.resume().statusCode ?? 0))
      .on('error', reject)
      .end()
  })

/** What an engine would ask for, of a repository that is pulled through the agent. */
const manifestUrl = (repository: string): string => {
  const slash = repository.indexOf('/')
  return `http://${repository.slice(0, slash)}/v2/${repository.slice(slash + 1)}/manifests/1`
}

describe('the registry of this installation', () => {
  it('on loopback is asked by its own name', async () => {
    const registry = anOwnRegistry('http://127.0.0.1:4566')
    expect(await registry.repositoryFor('localhost:4566/team/web', PLACE)).toBe('localhost:4566/team/web')
  })

  it('of an engine on another host is asked at the endpoint, by which it must be known there', async () => {
    const registry = anOwnRegistry('http://10.0.0.5:4566', false)
    expect(await registry.repositoryFor('localhost:4566/team/web', PLACE)).toBe('10.0.0.5:4566/team/web')
  })

  it('elsewhere, or by another name, is asked through the agent, which says what registry is meant', async () => {
    const { endpoint, asked } = await aControlPlane(3)
    const repository = await anOwnRegistry(endpoint).repositoryFor('aws.example.com/team/web', PLACE)
    expect(repository).toMatch(/^127\.0\.0\.1:\d+\/000000000000\/eu-west-1\/team\/web$/)
    const answer = await ask(manifestUrl(repository), { authorization: 'Basic x', accept: 'a/b' })
    expect([answer.status, answer.text, answer.headers['x-seen']]).toEqual([200, 'xxx', '1'])
    expect(asked[0]).toMatchObject({
      url: '/v2/team/web/manifests/1',
      headers: { host: '000000000000.dkr.ecr.eu-west-1.amazonaws.com', authorization: 'Basic x', accept: 'a/b' },
    })
  })

  it('asks for passwords itself, and lets nobody write, through the agent', async () => {
    const { endpoint, asked } = await aControlPlane()
    const url = manifestUrl(await anOwnRegistry(endpoint).repositoryFor('aws.example.com/web', PLACE))
    const refused = await ask(url)
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="longshore"'])
    expect((await ask(url, {}, 'PUT')).status).toBe(405)
    expect((await ask(new URL('/v2/_catalog', url).href)).status).toBe(404)
    expect((await ask(new URL('/', url).href)).status).toBe(404)
    expect((await ask(url, { host: 'rebound.example.com' })).status).toBe(403)
    expect(asked).toHaveLength(1)
  })

  it('is the only thing that is reached through the agent', async () => {
    const { endpoint, asked } = await aControlPlane()
    const [host = ''] = (await anOwnRegistry(endpoint).repositoryFor('aws.example.com/web', PLACE)).split('/')
    const ways = [
      '../../metrics',
      '../x/../../metrics',
      '%2e%2e/%2E./metrics',
      '..\\..\\metrics',
      '../token',
      'web/../..',
    ]
    for (const way of ways)
      expect([way, await askAsWritten(host, `/v2/000000000000/eu-west-1/${way}`)]).toEqual([way, 404])
    expect(asked.map(({ url }) => url)).toEqual([])
  })

  it('is asked over HTTPS where the agent reaches it so, by the address that its certificate has', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'longshore-relay-'))
    const names = ['127.0.0.1', 'localhost']
    const { key, cert } = await localCertificate({ dataDir, names, clock: new SystemClock(), ids: new SystemIds() })
    trustCertificates(authorityFile(dataDir))
    rmSync(dataDir, { recursive: true })
    const server = createSecureServer({ key, cert }, (_request, response) => response.end('secure'))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    open.push({ close: () => server.close() })
    const { port } = server.address() as AddressInfo
    for (const name of names) {
      const repository = await anOwnRegistry(`https://${name}:${port}`).repositoryFor('aws.example.com/web', PLACE)
      expect((await ask(manifestUrl(repository), { authorization: 'Basic x' })).text).toBe('secure')
    }
  })

  it('that is away is told as such', async () => {
    const url = manifestUrl(await anOwnRegistry('http://127.0.0.1:1').repositoryFor('aws.example.com/web', PLACE))
    const answer = await ask(url)
    expect(answer.status).toBe(502)
    expect(answer.text).toContain('does not answer')
  })
})
