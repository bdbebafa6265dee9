import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ManualClock, settle } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { ControlApi } from './control-api.ts'
import { type HttpAnswer, type HttpRequest, httpTransport } from './http-transport.ts'

const ids: Ids = {
  hex32: () => '0'.repeat(32),
  orderedHex32: () => '0'.repeat(32),
  uuid: () => 'uuid',
  random: () => 0,
}

/** A service that answers as a test says, call by call. */
const service = (...answers: (HttpAnswer | Error | object)[]) => {
  const clock = new ManualClock()
  const calls: { operation: string; input: unknown; request: HttpRequest }[] = []
  const api = new ControlApi({
    endpoint: 'http://127.0.0.1:4566',
    sign: ({ headers, body }) => ({ ...headers, authorization: `signed ${body}` }),
    clock,
    ids,
    userAgent: 'Test Agent',
    transport: async (request) => {
      const operation = request.headers['x-amz-target']?.split('.')[1] ?? ''
      calls.push({ operation, input: JSON.parse(request.body), request })
      const answer = answers.shift() ?? {}
      if (answer instanceof Error) throw answer
      return 'status' in answer ? (answer as HttpAnswer) : { status: 200, body: JSON.stringify(answer) }
    },
  })
  return { api, calls, clock }
}

const fault = (type: string, status = 400): HttpAnswer => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.ecs#${type}`, message: `${type} it is` }),
})

describe('the control API of agents', () => {
  it('sends AWS JSON 1.1, signed, with times in seconds', async () => {
    const { api, calls } = service()
    const pullStartedAt = new Date(1_700_000_000_250)
    await api.submitTaskStateChange({ cluster: 'c', task: 't', status: 'RUNNING', reason: '', pullStartedAt })
    const [{ request, input }] = calls as [(typeof calls)[number]]
    expect(input).toEqual({ cluster: 'c', task: 't', status: 'RUNNING', reason: '', pullStartedAt: 1_700_000_000.25 })
    expect(request.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.SubmitTaskStateChange',
      'user-agent': 'Test Agent',
      authorization: `signed ${request.body}`,
    })
    expect(request.url).toBe('http://127.0.0.1:4566/')
  })

  it('registers, and gives back the ARN and the attributes', async () => {
    const containerInstance = { containerInstanceArn: 'arn:i', attributes: [{ name: 'a' }], status: 'ACTIVE' }
    const { api, calls } = service({ containerInstance })
    const registered = await api.registerContainerInstance({ cluster: 'c', clientToken: 'token' })
    expect(registered).toEqual({ containerInstanceArn: 'arn:i', attributes: [{ name: 'a' }] })
    expect(calls[0]?.input).toEqual({ cluster: 'c', clientToken: 'token' })
  })

  it('says by type why a call was refused, and does not repeat it', async () => {
    const { api, calls } = service(fault('ClusterNotFoundException'))
    const refused = api.registerContainerInstance({ clientToken: 'token' })
    await expect(refused).rejects.toMatchObject({
      type: 'ClusterNotFoundException',
      status: 400,
      message: 'ClusterNotFoundException it is',
      isTransient: false,
    })
    expect(calls).toHaveLength(1)
  })

  it('does not repeat a registration that got no answer: the supervisor starts the agent anew', async () => {
    const { api } = service(new Error('ECONNREFUSED'))
    const failed = api.registerContainerInstance({ clientToken: 'token' })
    await expect(failed).rejects.toMatchObject({ type: 'Unreachable', isTransient: true })
  })

  it('repeats a registration that was throttled, after 3 s, then twice as long', async () => {
    const containerInstance = { containerInstanceArn: 'arn:i' }
    const { api, calls, clock } = service(fault('ThrottlingException'), fault('ServerException', 500), {
      containerInstance,
    })
    const registered = api.registerContainerInstance({ clientToken: 'token' })
    await clock.advance(2999)
    expect(calls).toHaveLength(1)
    await clock.advance(1)
    expect(calls).toHaveLength(2)
    await clock.advance(6000)
    expect(await registered).toEqual({ containerInstanceArn: 'arn:i', attributes: [] })
  })

  it('repeats state changes until they are accepted', async () => {
    const { api, calls, clock } = service(
      new Error('ECONNRESET'),
      fault('InternalFailure', 500),
      { status: 503, body: '<html>' },
      {},
    )
    const submitted = api.submitTaskStateChange({ task: 't' })
    await clock.advance(60_000)
    await submitted
    expect(calls).toHaveLength(4)
  })

  it('does not repeat a state change that is refused for good', async () => {
    const { api } = service(fault('InvalidParameterException'))
    await expect(api.submitTaskStateChange({ task: 't' })).rejects.toMatchObject({ type: 'InvalidParameterException' })
  })

  it('ends repeating when it is told to', async () => {
    const { api } = service(new Error('ECONNRESET'))
    const control = new AbortController()
    const submitted = api.submitTaskStateChange({ task: 't' }, control.signal)
    await settle()
    control.abort()
    await expect(submitted).rejects.toThrow('aborted')
  })

  it('asks for the endpoints once in twelve hours, and lives on with the old ones if there is no answer', async () => {
    const first = { endpoint: 'http://a/', telemetryEndpoint: 'http://b/' }
    const { api, calls, clock } = service(first, new Error('ECONNREFUSED'), { endpoint: 'http://c/' })
    expect(await api.discoverPollEndpoint('arn:i', 'c')).toEqual(first)
    await clock.advance(12 * 3_600_000 - 1)
    expect(await api.discoverPollEndpoint('arn:i', 'c')).toEqual(first)
    expect(calls).toHaveLength(1)
    await clock.advance(1)
    expect(await api.discoverPollEndpoint('arn:i', 'c')).toEqual(first)
    expect(await api.discoverPollEndpoint('arn:i', 'c')).toEqual({ endpoint: 'http://c/' })
    expect(calls[0]?.input).toEqual({ containerInstance: 'arn:i', cluster: 'c', zoneId: '' })
  })

  it('does the rest of what agents call', async () => {
    const { api, calls } = service({ cluster: { clusterName: 'default' } }, {}, {})
    expect(await api.createCluster('default')).toBe('default')
    await api.updateContainerInstancesState('c', 'arn:i', 'DRAINING')
    await api.submitAttachmentStateChanges('c', [{ attachmentArn: 'a', status: 'ATTACHED' }])
    expect(calls.map(({ operation, input }) => ({ operation, input }))).toEqual([
      { operation: 'CreateCluster', input: { clusterName: 'default' } },
      {
        operation: 'UpdateContainerInstancesState',
        input: { cluster: 'c', containerInstances: ['arn:i'], status: 'DRAINING' },
      },
      {
        operation: 'SubmitAttachmentStateChanges',
        input: { cluster: 'c', attachments: [{ attachmentArn: 'a', status: 'ATTACHED' }] },
      },
    ])
  })
})

describe('the HTTP transport of agents', () => {
  const listen = async (answer: Parameters<typeof createServer>[1]) => {
    const server = createServer(answer!)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const close = (): void => {
      server.close()
      server.closeAllConnections()
    }
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close }
  }

  it('posts over connections that it keeps', async () => {
    const sockets = new Set<unknown>()
    const server = await listen((request, response) => {
      sockets.add(request.socket)
      request.resume().on('end', () => response.writeHead(201).end('héllo'))
    })
    const transport = httpTransport(4)
    for (let call = 0; call < 3; call++) {
      const answer = await transport({ url: server.url, headers: {}, body: 'ünïcode', timeoutMs: 1000 })
      expect(answer).toEqual({ status: 201, body: 'héllo' })
    }
    expect(sockets.size).toBe(1)
    server.close()
  })

  it('gives up on a server that is silent', async () => {
    const server = await listen(() => {})
    const answer = httpTransport(4)({ url: server.url, headers: {}, body: '', timeoutMs: 50 })
    await expect(answer).rejects.toThrow('no answer within 50 ms')
    server.close()
  })

  it('gives up on an answer that is cut short', async () => {
    const server = await listen((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('half')
      setImmediate(() => response.destroy())
    })
    const answer = httpTransport(4)({ url: server.url, headers: {}, body: '', timeoutMs: 1000 })
    await expect(answer).rejects.toThrow()
    server.close()
  })
})
