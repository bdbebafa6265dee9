import { describe, expect, it } from 'vitest'
import { aTaskArn } from '../../../test/builders/a-payload-task.ts'
import { anEngineContainer, anEngineTask } from '../../../test/builders/an-engine-task.ts'
import type { PayloadTask } from '../../agentlink/acs-messages.ts'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { type ContainerState, RuntimeError } from '../runtime.ts'
import { faultRoute } from './fault-route.ts'
import { metadataRoute } from './metadata-route.ts'
import { metadataV2Route } from './metadata-v2-route.ts'
import type { MetadataMethod } from './route.ts'
import { StatsView } from './stats-view.ts'

const HOST_ADDRESS = '192.0.2.1'
const INSTANCE = 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1'

const aTask = (name: string, address: string, payload: Partial<PayloadTask> = {}): EngineTask => {
  const networks = address === HOST_ADDRESS ? [] : [{ name: 'bridge', ipv4Address: address }]
  const progress: Partial<EngineContainer> = { dockerId: name, endpointId: `id-${name}`, knownStatus: 'RUNNING' }
  return anEngineTask(
    { arn: aTaskArn(name), networkMode: networks.length === 0 ? 'host' : 'bridge', ...payload },
    { containers: [anEngineContainer({}, { ...progress, networks })] },
  )
}

const RED_AT = '172.17.0.2'
const BLUE_AT = '172.17.0.3'

/** Two tasks on the bridge and one in the host's network, with all routes that tell of them. */
const endpoint = () => {
  const gpu = { type: 'gpu', containers: ['app'], content: { encoding: 'identity', value: 'contents' } } as const
  const tasks = [
    aTask('red', RED_AT, { associations: [{ name: '0', ...gpu }] }),
    aTask('blue', BLUE_AT, { enableFaultInjection: true }),
    aTask('green', HOST_ADDRESS),
  ]
  const tags: Record<string, { key: string; value: string }[] | ControlApiError> = {}
  const engine: { refusal?: RuntimeError } = {}
  const runtime = {
    inspect: async (id: string) => {
      if (engine.refusal) throw engine.refusal
      const container = tasks.flatMap(({ containers }) => containers).find(({ dockerId }) => dockerId === id)
      return { status: 'running', networks: container?.networks ?? [] } as unknown as ContainerState
    },
    stats: () => Promise.reject(new RuntimeError('not-found', 'none')),
  }
  const callers = { tasks: () => tasks, runtime, isHostAddress: (address: string) => address === HOST_ADDRESS }
  const options = {
    ...callers,
    host: () => ({ cluster: 'default' }),
    stats: new StatsView({ runtime, lastSample: () => undefined }),
    containerInstanceArn: () => INSTANCE,
    api: {
      tagsOf: async (arn: string) => {
        const answer = tags[arn] ?? []
        if (answer instanceof ControlApiError) throw answer
        return answer
      },
    },
  }
  const routes = [metadataRoute(options), metadataV2Route(options), faultRoute(callers)]
  const ask = async (method: MetadataMethod, pathname: string, sourceAddress: string) => {
    const request = { pathname, query: new URLSearchParams(), sourceAddress, userAgent: '', body: async () => '' }
    for (const route of routes) {
      const answer = await route(request)?.[method]?.()
      if (answer !== undefined) return answer
    }
    return undefined
  }
  const get = async (pathname: string, sourceAddress = RED_AT) => {
    const answer = await ask('GET', pathname, sourceAddress)
    return answer && ([answer.status, JSON.parse(answer.body)] as [number, Record<string, unknown>])
  }
  return { tasks, tags, engine, ask, get }
}

describe('a container that knows its id', () => {
  it.each(['v3', 'v4'])('finds itself, its task and their statistics (%s)', async (version) => {
    const { get } = endpoint()
    expect(await get(`/${version}/id-red`)).toMatchObject([200, { DockerId: 'red' }])
    expect(await get(`/${version}/id-red/`)).toMatchObject([200, { DockerId: 'red' }])
    expect(await get(`/${version}/id-red/task`)).toMatchObject([200, { TaskARN: aTaskArn('red') }])
    expect(await get(`/${version}/id-red/task/`)).toMatchObject([200, { Containers: [{ DockerId: 'red' }] }])
    expect(await get(`/${version}/id-red/stats`)).toEqual([200, {}])
    expect(await get(`/${version}/id-red/task/stats`)).toEqual([200, { red: {} }])
    expect(await get(`/${version}/id-green/task`, HOST_ADDRESS)).toMatchObject([200, { TaskARN: aTaskArn('green') }])
  })

  it('finds nothing at other paths', async () => {
    const { get } = endpoint()
    for (const pathname of [
      '/v4',
      '/v5/id-red',
      '/v4/id-red/other',
      '/v4/id-red/task/other',
      '/v4/id-red/associations',
    ])
      expect(await get(pathname)).toBeUndefined()
  })

  it('finds its associations', async () => {
    const { get, ask } = endpoint()
    expect(await get('/v4/id-red/associations/gpu')).toEqual([200, { Associations: ['0'] }])
    expect(await get('/v4/id-red/associations/other')).toEqual([200, { Associations: null }])
    expect(await ask('GET', '/v3/id-red/associations/gpu/0', RED_AT)).toMatchObject({ status: 200, body: 'contents' })
    expect(await get('/v4/id-red/associations/gpu/1')).toMatchObject([400, expect.any(String)])
  })

  it.each([
    ['v4', '', 404],
    ['v4', '/task', 404],
    ['v4', '/stats', 404],
    ['v4', '/associations/gpu', 404],
    ['v3', '', 500],
    ['v3', '/taskWithTags', 500],
    ['v3', '/stats', 400],
    ['v3', '/task/stats', 400],
    ['v3', '/associations/gpu/0', 400],
  ])('is told with a JSON string that there is none: /%s/<id>%s is %i', async (version, below, status) => {
    const { get } = endpoint()
    expect(await get(`/${version}/id-nobody${below}`)).toEqual([status, expect.any(String)])
    expect(await get(`/${version}/${below}`)).toEqual([status, expect.any(String)])
  })

  it.each([
    ['id-red', BLUE_AT],
    ['id-red', HOST_ADDRESS],
    ['id-green', RED_AT],
    ['id-red', '172.17.0.9'],
  ])('is refused that of another task: %s to %s', async (id, address) => {
    const { get } = endpoint()
    for (const pathname of [`/v4/${id}/task`, `/v3/${id}`, `/v4/${id}/stats`, `/v3/${id}/associations/gpu`])
      expect(await get(pathname, address)).toEqual([403, expect.any(String)])
  })

  it('is told nothing while the engine cannot say who asks', async () => {
    const { get, engine } = endpoint()
    engine.refusal = new RuntimeError('unreachable', 'down')
    await expect(get('/v4/id-red')).rejects.toThrow('down')
  })
})

describe('tags', () => {
  it('are those of the task and of its container instance', async () => {
    const { get, tags } = endpoint()
    tags[INSTANCE] = [{ key: 'rack', value: '7' }]
    tags[aTaskArn('red')] = [{ key: 'tier', value: 'front' }]
    const members = { ContainerInstanceTags: { rack: '7' }, TaskTags: { tier: 'front' } }
    for (const pathname of ['/v4/id-red/taskWithTags', '/v3/id-red/taskWithTags', '/v2/metadataWithTags'])
      expect(await get(pathname)).toMatchObject([200, members])
    const [, untagged] = (await get('/v4/id-red/task'))!
    expect(untagged).not.toHaveProperty('TaskTags')
  })

  it('that cannot be had are left out, and version 4 says why', async () => {
    const { get, tags } = endpoint()
    tags[INSTANCE] = new ControlApiError({ type: 'AccessDenied', message: 'no', status: 400, requestId: 'r' })
    tags[aTaskArn('red')] = new ControlApiError({ type: 'RequestCanceled', message: 'too late' })
    const [status, task] = (await get('/v4/id-red/taskWithTags'))!
    expect([status, task['TaskTags'], task['ContainerInstanceTags']]).toEqual([200, undefined, undefined])
    expect(task['Errors']).toEqual([
      {
        ErrorField: 'ContainerInstanceTags',
        ErrorCode: 'AccessDenied',
        ErrorMessage: 'no',
        StatusCode: 400,
        RequestId: 'r',
        ResourceARN: INSTANCE,
      },
      { ErrorField: 'TaskTags', ErrorCode: 'RequestCanceled', ErrorMessage: 'too late', ResourceARN: aTaskArn('red') },
    ])
    expect((await get('/v3/id-red/taskWithTags'))![1]).not.toHaveProperty('Errors')
  })
})

describe('a container that has an address of its own', () => {
  it('is known by it', async () => {
    const { get } = endpoint()
    expect(await get('/v2/metadata')).toMatchObject([200, { TaskARN: aTaskArn('red') }])
    expect(await get('/v2/metadata/', BLUE_AT)).toMatchObject([200, { TaskARN: aTaskArn('blue') }])
    expect(await get('/v2/metadata/red')).toMatchObject([200, { DockerId: 'red' }])
    expect(await get('/v2/metadataWithTags/red')).toMatchObject([200, { DockerId: 'red' }])
    expect(await get('/v2/stats')).toEqual([200, { red: {} }])
    expect(await get('/v2/stats/red')).toEqual([200, {}])
  })

  it('is known by it while its record lags behind', async () => {
    const { get, tasks } = endpoint()
    const [container] = tasks[0]!.containers
    tasks[0] = { ...tasks[0]!, containers: [{ ...container!, knownStatus: 'CREATED' }] }
    expect(await get('/v2/metadata')).toMatchObject([200, { TaskARN: aTaskArn('red') }])
  })

  it.each([
    ['a container of another task', '/v2/metadata/blue', RED_AT],
    ['an address of nobody', '/v2/metadata', '172.17.0.9'],
    ["the host's address, which is everyone's", '/v2/stats', HOST_ADDRESS],
  ])('is told nothing about %s', async (_of, pathname, address) => {
    expect(await endpoint().get(pathname, address)).toEqual([400, expect.any(String)])
  })
})

describe('faults', () => {
  const start = '/fault/v1/network-latency/start'

  it.each([
    [`/api/id-red${start}`, RED_AT, 400, `fault injection is not enabled for task: ${aTaskArn('red')}`],
    [`/api/id-blue${start}`, BLUE_AT, 400, 'fault injection is not supported by this agent'],
    [`/api/id-blue${start}`, RED_AT, 403, 'the container is of another task: id-blue'],
    [`/api/id-nobody${start}`, RED_AT, 404, 'unable to lookup container: id-nobody'],
  ])('are refused: %s from %s', async (pathname, address, status, Error) => {
    const answer = await endpoint().ask('POST', pathname, address)
    expect(answer).toMatchObject({ status, body: JSON.stringify({ Error }) })
  })

  it('that there are none of have no path', async () => {
    const { ask } = endpoint()
    expect(await ask('POST', '/api/id-red/fault/v1/network-other/start', RED_AT)).toBeUndefined()
    expect(await ask('POST', '/api/id-red/fault/v1/network-latency/begin', RED_AT)).toBeUndefined()
    expect(await ask('GET', `/api/id-red${start}`, RED_AT)).toBeUndefined()
  })
})
