import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashHex, signRequest, type SigningCredentials } from '../../model/signature-v4.ts'
import { RelayKeys, type RelayedContainer } from './relay-keys.ts'
import { RelayServer } from './relay-server.ts'
import type { RelayedCall } from './relayed-call.ts'

const WEB = { taskId: '0123', containerName: 'web' }
const PUT = 'Logs_20140328.PutLogEvents'
const keys = new RelayKeys('secret')
const key = keys.keyOf(WEB)

let port: number
let server: RelayServer
let calls: { readonly container: RelayedContainer; readonly call: RelayedCall }[]
let onCall: (signal: AbortSignal) => Promise<{ status: number; body: string }>

beforeEach(async () => {
  calls = []
  onCall = async () => ({ status: 200, body: '{"a":1}' })
  server = new RelayServer({
    keys,
    onCall: (container, call, signal) => {
      calls.push({ container, call })
      return onCall(signal)
    },
  })
  port = await server.listen({ port: 0 })
})
afterEach(() => server.close())

const signed = (credentials: SigningCredentials, body: string, target = PUT, service = 'logs') =>
  signRequest({
    method: 'POST',
    url: new URL(`http://127.0.0.1:${port}/`),
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body,
    region: 'eu-west-1',
    service,
    credentials,
    now: Date.UTC(2026, 0, 1),
  })

const post = async (body: string, headers: Record<string, string>, signal?: AbortSignal) => {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers, ...(signal && { signal }) })
  return { status: answer.status, body: await answer.json() }
}

describe('a request', () => {
  it('comes through with what it says, signed with the key of its container', async () => {
    const body = '{"logEvents":[{"message":"ü"}]}'
    expect(await post(body, signed(key, body))).toEqual({ status: 200, body: { a: 1 } })
    expect(calls).toMatchObject([
      { container: WEB, call: { target: PUT, region: 'eu-west-1', payloadHash: hashHex(body) } },
    ])
    expect(Buffer.from(calls[0]?.call.body ?? []).toString()).toBe(body)
  })

  it.each<[string, () => Record<string, string>]>([
    ['without a signature', () => ({})],
    ["with another's key", () => signed(new RelayKeys('other').keyOf(WEB), '{}')],
    ['with no key of the relay', () => signed({ accessKeyId: 'AKIA', secretAccessKey: 's' }, '{}')],
    ['with a signature of another body', () => signed(key, '{"a":1}')],
    ['with a signature for another service', () => signed(key, '{}', PUT, 'ecs')],
    [
      'with a target that was not signed',
      () => ({ ...signed(key, '{}'), 'x-amz-target': 'Logs_20140328.CreateLogGroup' }),
    ],
  ])('is refused %s', async (_how, headers) => {
    expect(await post('{}', headers())).toMatchObject({ status: 400, body: { __type: 'InvalidSignatureException' } })
    expect(calls).toEqual([])
  })

  it('is not listened to if its sender does not even seem to have a key', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegin')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /)
    socket.destroy()
  })

  it('is refused if it is for another operation than those of the log driver', async () => {
    const headers = signed(key, '{}', 'Logs_20140328.DeleteLogGroup')
    expect(await post('{}', headers)).toMatchObject({ status: 400, body: { __type: 'UnknownOperationException' } })
    expect(calls).toEqual([])
  })

  it('that nobody waits for any more is heard of', async () => {
    const leaving = new AbortController()
    const heard = new Promise<void>((resolve) => {
      onCall = (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error)
            resolve()
          })
          leaving.abort()
        })
    })
    await expect(post('{}', signed(key, '{}'), leaving.signal)).rejects.toThrow()
    await heard
  })
})
