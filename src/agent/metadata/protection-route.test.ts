import { describe, expect, it } from 'vitest'
import { anEngineContainer, anEngineTask } from '../../../test/builders/an-engine-task.ts'
import type { ProtectionAnswer } from '../../agentlink/metadata-api.ts'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import { CredentialsStore } from '../engine/credentials.ts'
import type { ContainerState } from '../runtime.ts'
import { protectionRoute } from './protection-route.ts'
import { BodyTooLong } from './route.ts'

const AT = '172.17.0.2'
const PATH = '/api/id/task-protection/v1/state'

const TASK = anEngineTask(
  { networkMode: 'bridge' },
  {
    containers: [anEngineContainer({}, { dockerId: 'app', endpointId: 'id', knownStatus: 'RUNNING' })],
    credentialsId: 'role',
  },
)

/** A control plane that gives one answer to a task with a role. */
const endpoint = (answer: ProtectionAnswer | Error = {}, hasRole = true) => {
  const credentials = new CredentialsStore()
  if (hasRole)
    credentials.put({
      taskArn: TASK.arn,
      roleType: 'TaskApplication',
      credentials: {
        credentialsId: 'role',
        roleArn: 'arn:role',
        accessKeyId: 'ASIATASK',
        secretAccessKey: 'key',
        sessionToken: 'token',
        expiration: '2026-01-01T06:00:00Z',
      },
    })
  const calls: unknown[] = []
  const answered = async (...call: unknown[]): Promise<ProtectionAnswer> => {
    calls.push(call)
    if (answer instanceof Error) throw answer
    return answer
  }
  const route = protectionRoute({
    cluster: 'default',
    credentials,
    api: { protection: (call) => answered(call), protect: (call, change) => answered(call, change) },
    tasks: () => [TASK],
    isHostAddress: () => false,
    runtime: {
      inspect: async () =>
        ({ status: 'running', networks: [{ name: 'bridge', ipv4Address: AT }] }) as unknown as ContainerState,
    },
  })
  const ask = async (method: 'GET' | 'PUT', body: string | Error = '', pathname = PATH, sourceAddress = AT) => {
    const answered = await route({
      pathname,
      query: new URLSearchParams(),
      sourceAddress,
      userAgent: '',
      body: async () => {
        if (body instanceof Error) throw body
        return body
      },
    })?.[method]?.()
    return answered && [answered.status, JSON.parse(answered.body) as unknown]
  }
  return { ask, calls }
}

const CALL = {
  credentials: expect.objectContaining({ accessKeyId: 'ASIATASK' }) as object,
  cluster: 'default',
  taskArn: TASK.arn,
}

const refused = (status: number, Code: string, members: object = { Arn: TASK.arn }) => [
  status,
  { error: { ...members, Code, Message: expect.any(String) as string } },
]

describe('the protection of a task', () => {
  it('is read as its role', async () => {
    const protectedTask = { taskArn: TASK.arn, protectionEnabled: true, expirationDate: Date.UTC(2026, 0, 1) / 1000 }
    const { ask, calls } = endpoint({ protectedTasks: [protectedTask], failures: [] })
    expect(await ask('GET')).toEqual([
      200,
      { protection: { ExpirationDate: '2026-01-01T00:00:00Z', ProtectionEnabled: true, TaskArn: TASK.arn } },
    ])
    expect(calls).toEqual([[CALL]])
  })

  it.each([
    ['{"ProtectionEnabled":true,"ExpiresInMinutes":60}', { protectionEnabled: true, expiresInMinutes: 60 }],
    ['{"protectionEnabled":true}', { protectionEnabled: true }],
    ['{"ProtectionEnabled":false,"ExpiresInMinutes":null}', { protectionEnabled: false }],
  ])('is changed as its role: %s', async (body, change) => {
    const { ask, calls } = endpoint({ protectedTasks: [{ taskArn: TASK.arn, protectionEnabled: false }] })
    expect(await ask('PUT', body)).toEqual([
      200,
      { protection: { ExpirationDate: null, ProtectionEnabled: false, TaskArn: TASK.arn } },
    ])
    expect(calls).toEqual([[CALL, change]])
  })

  it.each([
    '',
    'no JSON',
    '[]',
    'null',
    '{"ProtectionEnabled":"true"}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":1.5}',
    '{"ProtectionEnabled":true,"Other":1}',
    '{"ProtectionEnabled":true,"constructor":1}',
    new BodyTooLong(),
  ])('is not changed by what cannot be read: %s', async (body) => {
    const { ask, calls } = endpoint()
    expect(await ask('PUT', body)).toEqual(refused(400, 'InvalidParameterException', {}))
    expect(calls).toEqual([])
  })

  it('is not changed by what does not say how', async () => {
    expect(await endpoint().ask('PUT', '{"ExpiresInMinutes":5}')).toEqual(refused(400, 'InvalidParameterException'))
  })

  it('can fail without being refused', async () => {
    const { ask } = endpoint({ failures: [{ arn: TASK.arn, reason: 'TASK_NOT_VALID' }] })
    expect(await ask('GET')).toEqual([200, { failure: { Arn: TASK.arn, Detail: null, Reason: 'TASK_NOT_VALID' } }])
  })

  it('is nothing for tasks without a role, for others, and for nobody', async () => {
    expect(await endpoint({}, false).ask('GET')).toEqual(refused(403, 'AccessDeniedException'))
    expect(await endpoint().ask('GET', '', PATH, '172.17.0.3')).toEqual(refused(403, 'AccessDeniedException', {}))
    expect(await endpoint().ask('GET', '', '/api/other/task-protection/v1/state')).toEqual(
      refused(404, 'ResourceNotFoundException', {}),
    )
    expect(await endpoint().ask('GET', '', '/api/id/task-protection/v2/state')).toBeUndefined()
  })

  it.each([
    [{ type: 'RequestCanceled', message: 'late' }, 504, 'RequestCanceled'],
    [{ type: 'Unreachable', message: 'ECONNREFUSED' }, 500, 'ServerException'],
    [{ type: 'AccessDeniedException', message: 'no', status: 400 }, 400, 'AccessDeniedException'],
    [{ type: 'ThrottlingException', message: 'slow', status: 429 }, 429, 'ThrottlingException'],
  ])('is refused as the control plane refuses it: %j', async (failure, status, code) => {
    expect(await endpoint(new ControlApiError(failure)).ask('GET')).toEqual(refused(status, code))
  })

  it('is refused with the id that the control plane has for the request', async () => {
    const error = new ControlApiError({ type: 'ClientException', message: 'no', status: 400, requestId: 'r-1' })
    expect(await endpoint(error).ask('GET')).toMatchObject([400, { requestID: 'r-1' }])
  })

  it('is unknown if the control plane says nothing of it', async () => {
    expect(await endpoint({}).ask('GET')).toEqual(refused(500, 'ServerException'))
  })
})
