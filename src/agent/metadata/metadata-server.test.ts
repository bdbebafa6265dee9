import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import type { RequestRate } from '../config/values.ts'
import { MetadataServer } from './metadata-server.ts'
import { type MetadataRequest, type MetadataRoute, textAnswer } from './route.ts'

const servers: MetadataServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const started = async (routes?: readonly MetadataRoute[], rate: RequestRate = { perSecond: 40, burst: 60 }) => {
  const clock = new ManualClock()
  const server = new MetadataServer({ port: 0, rate, clock, log: silentLog })
  servers.push(server)
  const base = `http://127.0.0.1:${await server.listen()}`
  if (routes !== undefined) server.serve(async () => routes)
  return { clock, base, server }
}

describe('the task metadata server', () => {
  it('answers by the first route that knows the path, and tells it who asks', async () => {
    const asked: MetadataRequest[] = []
    const route: MetadataRoute = (request) => {
      asked.push(request)
      return request.pathname === '/known' ? { GET: async () => textAnswer(200, 'yes') } : undefined
    }
    const { base } = await started([route])
    const answer = await fetch(`${base}/known?id=1`, { headers: { 'user-agent': 'curl' } })
    expect([answer.status, await answer.text()]).toEqual([200, 'yes\n'])
    expect(asked).toMatchObject([{ pathname: '/known', sourceAddress: '127.0.0.1', userAgent: 'curl' }])
    expect(asked[0]?.query.get('id')).toBe('1')
    expect((await fetch(`${base}/unknown`)).status).toBe(404)
    expect((await fetch(`${base}/known`, { method: 'HEAD' })).status).toBe(200)
  })

  it('hands over what is sent, to the methods that a path has', async () => {
    const echo: MetadataRoute = ({ body }) => ({ PUT: async () => textAnswer(200, await body()) })
    const { base } = await started([echo])
    const put = (body: string) => fetch(base, { method: 'PUT', body })
    expect(await (await put('a body')).text()).toBe('a body\n')
    expect((await put('x'.repeat(64 * 1024 + 1))).status).toBe(413)
    const refused = await fetch(base, { method: 'POST', body: 'unread' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'PUT'])
    const readOnly = await started([() => ({ GET: async () => textAnswer(200, 'yes') })])
    expect((await fetch(readOnly.base, { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD')
  })

  it('asks for patience until there is something to tell', async () => {
    const { base, server } = await started()
    expect((await fetch(base)).status).toBe(503)
    server.serve(async () => [])
    expect((await fetch(base)).status).toBe(404)
  })

  it('says nothing of what went wrong inside', async () => {
    const { base } = await started([() => ({ GET: () => Promise.reject(new Error('secret')) })])
    const answer = await fetch(base)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({
      code: 'InternalServerError',
      message: 'The agent cannot answer now',
      HTTPErrorCode: 500,
    })
  })

  it('takes so many requests at once from one address, and so many a second', async () => {
    const { base, clock } = await started([], { perSecond: 2, burst: 3 })
    const statuses = async (count: number): Promise<number[]> => {
      const seen: number[] = []
      for (let number = 0; number < count; number++) seen.push((await fetch(base)).status)
      return seen
    }
    expect(await statuses(5)).toEqual([404, 404, 404, 429, 429])
    await clock.advance(1000)
    expect(await statuses(3)).toEqual([404, 404, 429])
  })
})
