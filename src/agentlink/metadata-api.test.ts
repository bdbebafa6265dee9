import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { SeededIds } from '../kit/ids.ts'
import type { HttpAnswer, HttpRequest } from './http-transport.ts'
import { MetadataApi } from './metadata-api.ts'
import { ecsSigner } from './signer.ts'

const TASK = {
  credentials: { accessKeyId: 'ASIATASK', secretAccessKey: 'key', sessionToken: 'token' },
  cluster: 'default',
  taskArn: 'arn:t',
}

/** A control plane that gives one answer, or none at all. */
const service = (answer?: HttpAnswer) => {
  const clock = new ManualClock()
  const requests: HttpRequest[] = []
  const region = 'eu-west-1'
  const credentials = () => ({ accessKeyId: 'AKIAAGENT', secretAccessKey: 'key' })
  const api = new MetadataApi({
    endpoint: 'http://127.0.0.1:4566',
    clock,
    ids: new SeededIds(1),
    userAgent: 'Test Agent',
    region,
    sign: ecsSigner({ clock, region, credentials }),
    transport: (request) => {
      requests.push(request)
      return answer === undefined
        ? new Promise((_, reject) => request.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
        : Promise.resolve(answer)
    },
  })
  const operations = () => requests.map(({ headers }) => headers['x-amz-target']?.split('.')[1])
  const inputs = () => requests.map(({ body }) => JSON.parse(body) as unknown)
  const signers = () => requests.map(({ headers }) => /Credential=(\w+)/.exec(headers['authorization'] ?? '')?.[1])
  return { api, clock, operations, inputs, signers }
}

const ok = (value: object): HttpAnswer => ({ status: 200, body: JSON.stringify(value) })

describe('what the task metadata server asks', () => {
  it('is tags, as the agent', async () => {
    const { api, operations, inputs, signers } = service(ok({ tags: [{ key: 'k', value: 'v' }] }))
    expect(await api.tagsOf('arn:t')).toEqual([{ key: 'k', value: 'v' }])
    expect([operations(), inputs(), signers()]).toEqual([
      ['ListTagsForResource'],
      [{ resourceArn: 'arn:t' }],
      ['AKIAAGENT'],
    ])
    expect(await service(ok({})).api.tagsOf('arn:t')).toEqual([])
  })

  it('is the protection of one task, as its role', async () => {
    const { api, operations, inputs, signers } = service(ok({ protectedTasks: [{ taskArn: 'arn:t' }] }))
    expect(await api.protection(TASK)).toEqual({ protectedTasks: [{ taskArn: 'arn:t' }] })
    await api.protect(TASK, { protectionEnabled: true, expiresInMinutes: 5 })
    expect(operations()).toEqual(['GetTaskProtection', 'UpdateTaskProtection'])
    const about = { cluster: 'default', tasks: ['arn:t'] }
    expect(inputs()).toEqual([about, { ...about, protectionEnabled: true, expiresInMinutes: 5 }])
    expect(signers()).toEqual(['ASIATASK', 'ASIATASK'])
  })

  it('is asked once, and a refusal is told with the request that it was', async () => {
    const body = JSON.stringify({ __type: 'AccessDeniedException', message: 'no' })
    const { api, operations } = service({ status: 400, body, requestId: 'the request' })
    await expect(api.tagsOf('arn:t')).rejects.toMatchObject({
      type: 'AccessDeniedException',
      message: 'no',
      status: 400,
      requestId: 'the request',
    })
    expect(operations()).toHaveLength(1)
  })

  it.each([
    ['tags', 2000, (api: MetadataApi) => api.tagsOf('arn:t')],
    ['protection', 4000, (api: MetadataApi) => api.protection(TASK)],
  ])('is not waited for too long: %s', async (_what, limitMs, ask) => {
    const { api, clock } = service()
    const failure = ask(api).then(
      () => undefined,
      (error: unknown) => error,
    )
    await clock.advance(limitMs)
    expect(await failure).toMatchObject({ type: 'RequestCanceled' })
  })
})
