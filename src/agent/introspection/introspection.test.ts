import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { SeededIds } from '../../kit/ids.ts'
import { acceptTask } from '../engine/accept.ts'
import type { EngineTask } from '../engine/task.ts'
import { introspectionAnswer, type IntrospectionFacts } from './introspection-answer.ts'
import { serveIntrospection } from './introspection-server.ts'

const aTask = (id: string, dockerId: string, changes: Partial<EngineTask> = {}): EngineTask => {
  const payload = {
    arn: `arn:aws:ecs:us-east-1:000000000000:task/default/${id}`,
    family: 'shop',
    version: '3',
    desiredStatus: 'RUNNING' as const,
    containers: [
      {
        name: 'web',
        image: 'web:1',
        containerArn: '',
        cpu: 0,
        memory: 0,
        essential: true,
        overrides: '{}',
        dockerConfig: {},
      },
    ],
  }
  const task = acceptTask(payload, 0, new SeededIds(1))
  const container = {
    ...task.containers[0]!,
    dockerName: 'ecs-shop-3-web-01',
    dockerId,
    createdAt: Date.UTC(2026, 0, 1),
  }
  return { ...task, containers: [container], ...changes }
}

const someFacts = (tasks: readonly EngineTask[]): IntrospectionFacts => ({
  cluster: 'default',
  containerInstanceArn: () => 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1',
  tasks: () => tasks,
  version: 'Longshore Agent - v0.1.0',
  license: () => 'Apache License',
})

const ask = (url: string, tasks: readonly EngineTask[] = []) => {
  const { status, body } = introspectionAnswer(url, someFacts(tasks))
  return { status, value: JSON.parse(body) as unknown }
}

describe('the introspection API', () => {
  it('lists its commands', () => {
    expect(ask('/')).toEqual({ status: 200, value: { AvailableCommands: ['/v1/metadata', '/v1/tasks', '/license'] } })
    expect(introspectionAnswer('/license', someFacts([])).body).toBe('Apache License')
  })

  it('tells who the agent is', () => {
    expect(ask('/v1/metadata').value).toEqual({
      Cluster: 'default',
      ContainerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1',
      Version: 'Longshore Agent - v0.1.0',
    })
  })

  it('has no instance before the agent has registered', () => {
    const facts = { ...someFacts([]), containerInstanceArn: () => undefined }
    expect(JSON.parse(introspectionAnswer('/v1/metadata', facts).body)).toMatchObject({ ContainerInstanceArn: null })
  })

  it('shows tasks in the agent’s words', () => {
    const running = aTask('1', 'abc', { knownStatus: 'CREATED' })
    expect(ask('/v1/tasks', [running]).value).toEqual({
      Tasks: [
        {
          Arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/1',
          DesiredStatus: 'RUNNING',
          KnownStatus: 'PENDING',
          Family: 'shop',
          Version: '3',
          Containers: [
            {
              DockerId: 'abc',
              DockerName: 'ecs-shop-3-web-01',
              Name: 'web',
              Image: 'web:1',
              ImageID: '',
              CreatedAt: '2026-01-01T00:00:00Z',
            },
          ],
        },
      ],
    })
  })

  it('leaves out a desired status that lags behind', () => {
    const { value } = ask('/v1/tasks', [aTask('1', 'abc', { knownStatus: 'STOPPED', desiredStatus: 'RUNNING' })])
    expect((value as { Tasks: object[] }).Tasks[0]).not.toHaveProperty('DesiredStatus')
  })

  it('finds one task by its ARN or a container’s id', () => {
    const tasks = [aTask('1', 'abcdef0123456789'), aTask('2', 'abcdff0123456789')]
    expect(ask('/v1/tasks?taskarn=arn:aws:ecs:us-east-1:000000000000:task/default/2', tasks).value).toMatchObject({
      Family: 'shop',
    })
    expect(ask('/v1/tasks?dockerid=abcdef0123456789', tasks).value).toMatchObject({ Arn: tasks[0]!.arn })
    expect(ask('/v1/tasks?dockerid=abcde', tasks).value).toMatchObject({ Arn: tasks[0]!.arn })
  })

  it.each([
    ['/v1/tasks?dockerid=abcd', 400],
    ['/v1/tasks?dockerid=abcdef0123456', 404],
    ['/v1/tasks?dockerid=ff', 404],
    ['/v1/tasks?taskarn=nothing', 404],
    ['/v1/tasks?taskarn=a&dockerid=b', 400],
    ['//', 400],
  ])('answers %s with %i', (url, status) => {
    expect(ask(url, [aTask('1', 'abcdef0123456789'), aTask('2', 'abcdff0123456789')]).status).toBe(status)
  })
})

describe('its server', () => {
  it('listens on its port, answers, and says when the port is taken', async () => {
    const probe = createServer()
    await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening))
    const { port: introspectionPort } = probe.address() as AddressInfo
    const config = { introspectionPort, allowOffhostIntrospectionAccess: false }
    const options = { config, version: '0.1.0', bridgeAddress: '127.0.0.2' }
    await expect(serveIntrospection(options, someFacts([]))).rejects.toThrow('EADDRINUSE')
    await new Promise((closed) => probe.close(closed))

    const server = await serveIntrospection(options, someFacts([]))
    expect((await fetch(`http://127.0.0.2:${introspectionPort}/v1/metadata`)).status).toBe(200)
    const base = `http://127.0.0.1:${introspectionPort}`
    expect(await (await fetch(`${base}/v1/metadata`)).json()).toMatchObject({ Cluster: 'default' })
    expect(await (await fetch(`${base}/license`)).text()).toContain('Apache License')
    expect((await fetch(base, { method: 'POST' })).status).toBe(405)
    await server?.close()
  })

  it('is off with port 0', async () => {
    const config = { introspectionPort: 0, allowOffhostIntrospectionAccess: false }
    const options = { config, version: '0.1.0', bridgeAddress: undefined }
    expect(await serveIntrospection(options, someFacts([]))).toBeUndefined()
  })
})
