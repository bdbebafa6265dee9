import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock, settle } from '../../kit/clock.ts'
import { RuntimeError } from '../runtime.ts'
import { agreedVersion, compareVersions, EngineApi } from './engine-api.ts'
import { parseDockerHost } from './engine-endpoint.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const directory = mkdtempSync(join(tmpdir(), 'engine-api-'))
const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** An engine that speaks API 1.41 and answers everything but `/version` with the handler. */
const anEngine = async (
  handler: Handler,
): Promise<{ api: EngineApi; clock: ManualClock; server: Server; paths: string[] }> => {
  const socketPath = join(directory, `${closing.length}.sock`)
  rmSync(socketPath, { force: true })
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`)
    if (request.url === '/version') response.end('{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"}')
    else handler(request, response)
  })
  await new Promise<void>((listening) => server.listen(socketPath, listening))
  const clock = new ManualClock()
  const api = new EngineApi(parseDockerHost(`unix://${socketPath}`)!, clock)
  closing.push(() => {
    api.close()
    server.close()
    server.closeAllConnections()
  })
  return { api, clock, server, paths }
}

const get = { method: 'GET', path: '/containers/json', timeoutMs: 1000 } as const

const failure = async (call: Promise<unknown>): Promise<RuntimeError> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof RuntimeError) return error
  throw new Error(`no RuntimeError: ${String(error)}`)
}

describe('the client of the engine', () => {
  it('agrees on a version once and calls under it', async () => {
    const { api, paths } = await anEngine((_, response) => response.end('[]'))
    expect(await api.call({ ...get, query: { all: true, filters: undefined } })).toEqual([])
    await api.call(get)
    expect(paths).toEqual(['GET /version', 'GET /v1.41/containers/json?all=true', 'GET /v1.41/containers/json'])
  })

  it('sends JSON and takes an empty answer', async () => {
    const bodies: string[] = []
    const { api } = await anEngine((request, response) => {
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => bodies.push(chunk))
      request.on('end', () => response.writeHead(204).end())
    })
    expect(
      await api.call({ method: 'POST', path: '/volumes/create', body: { Name: 'v' }, timeoutMs: 1000 }),
    ).toBeUndefined()
    expect(bodies).toEqual(['{"Name":"v"}'])
  })

  it.each([
    [404, 'not-found'],
    [409, 'conflict'],
    [400, 'refused'],
    [500, 'refused'],
  ])('turns status %i into %s with the engine’s words', async (status, kind) => {
    const { api } = await anEngine((_, response) => response.writeHead(status).end('{"message":"no luck"}'))
    expect(await failure(api.call(get))).toMatchObject({ kind, message: 'no luck' })
  })

  it('says that the engine cannot be reached, and finds it again when it is back', async () => {
    const missing = new EngineApi(parseDockerHost(`unix://${directory}/nobody.sock`)!, new ManualClock())
    const error = await failure(missing.call(get))
    expect(error.kind).toBe('unreachable')
    expect(error.message).toContain('Is the docker daemon running?')
  })

  it('says that the engine is gone when it dies within an answer', async () => {
    const { api } = await anEngine((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 })
      response.write('[')
      setImmediate(() => response.destroy())
    })
    expect(await failure(api.call(get))).toMatchObject({ kind: 'unreachable' })
  })

  it('gives up when the time of the call is over, before and within the answer', async () => {
    for (const begun of [false, true]) {
      const requests: ServerResponse[] = []
      const { api, clock } = await anEngine((_, response) => {
        if (begun) response.write('[')
        requests.push(response)
      })
      const call = failure(api.call(get))
      while (requests.length === 0) await settle()
      for (let turn = 0; turn < 10; turn++) await settle()
      await clock.advance(1000)
      expect(await call).toMatchObject({ kind: 'timeout', message: 'no answer to GET /containers/json within 1000 ms' })
    }
  })

  it('refuses an answer that is no JSON', async () => {
    const { api } = await anEngine((_, response) => response.end('<html>'))
    expect((await failure(api.call(get))).message).toContain('no JSON')
  })
})

describe('the version of the API', () => {
  it('is ours unless the engine’s newest is older or its oldest is newer', () => {
    expect(agreedVersion({ Version: '', ApiVersion: '1.41', MinAPIVersion: '1.12' })).toBe('1.41')
    expect(agreedVersion({ Version: '', ApiVersion: '1.60', MinAPIVersion: '1.24' })).toBe('1.44')
    expect(agreedVersion({ Version: '', ApiVersion: '1.60', MinAPIVersion: '1.50' })).toBe('1.50')
    expect(() => agreedVersion({ Version: '', ApiVersion: '1.24' })).toThrow('at least 1.30 is needed')
  })

  it('is compared by number', () => {
    expect(compareVersions('1.9', '1.41')).toBeLessThan(0)
    expect(compareVersions('1.41', '1.41')).toBe(0)
  })
})
