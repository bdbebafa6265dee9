import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { SeededIds } from '../kit/ids.ts'
import { EcrApi } from './ecr-api.ts'
import type { HttpRequest } from './http-transport.ts'

const aKey = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 'key' })

/** A registry that answers with these data. */
const registry = (...authorizationData: readonly object[]) => {
  const requests: HttpRequest[] = []
  const api = new EcrApi({
    endpoint: 'http://127.0.0.1:4566',
    clock: new ManualClock(),
    ids: new SeededIds(1),
    userAgent: 'Test Agent',
    credentials: () => aKey('OWN'),
    transport: (request) => {
      requests.push(request)
      return Promise.resolve({ status: 200, body: JSON.stringify({ authorizationData }) })
    },
  })
  return { api, requests }
}

const authorizationToken = Buffer.from('AWS:pass:word').toString('base64')

describe('the password of a registry', () => {
  it('is asked for in its region, as the agent or as another', async () => {
    const { api, requests } = registry({ authorizationToken, expiresAt: 7 })
    expect(await api.password('eu-west-1', '000000000000')).toEqual({
      username: 'AWS',
      password: 'pass:word',
      expiresAt: 7000,
    })
    await api.password('eu-west-1', '000000000000', aKey('ROLE'))
    expect(requests.map(({ body }) => body)).toEqual(Array(2).fill('{"registryIds":["000000000000"]}'))
    expect(requests[0]?.headers['x-amz-target']).toBe('AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken')
    for (const [index, key] of ['OWN', 'ROLE'].entries())
      expect(requests[index]?.headers['authorization']).toMatch(`Credential=${key}/`)
    expect(requests[0]?.headers['authorization']).toMatch(/eu-west-1\/ecr\/aws4_request/)
  })

  it('must be in the answer', async () => {
    await expect(registry().api.password('us-east-1', '000000000000')).rejects.toMatchObject({ type: 'InvalidAnswer' })
  })
})
