import { describe, expect, it } from 'vitest'
import { aPayloadTask, aTaskArn } from '../../../test/builders/a-payload-task.ts'
import { anEngineContainer, anEngineTask } from '../../../test/builders/an-engine-task.ts'
import type { IAMRoleCredentials } from '../../agentlink/acs-messages.ts'
import { CredentialsStore } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import { type ContainerState, RuntimeError } from '../runtime.ts'
import type { AuditEntry } from './audit-log.ts'
import { credentialsRoute } from './credentials-route.ts'
import type { TaskRoleSupport } from './task-roles.ts'

const HOST_ADDRESS = '192.0.2.1'
const SECRET = 'the secret key'

const credentialsOf = (credentialsId: string): IAMRoleCredentials => ({
  credentialsId,
  roleArn: `arn:aws:iam::000000000000:role/${credentialsId}`,
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: SECRET,
  sessionToken: 'the token',
  expiration: '2026-01-01T06:00:00Z',
})

/** A task with the task role `<name>` and the execution role `<name>-execution`, its container running as `<name>`. */
const aTaskWithRoles = (name: string, networkMode: 'bridge' | 'host' | 'none', members: Partial<EngineTask> = {}) =>
  anEngineTask(aPayloadTask({ arn: aTaskArn(name), networkMode }), {
    containers: [anEngineContainer({}, { dockerId: name, knownStatus: 'RUNNING' })],
    credentialsId: name,
    executionCredentialsId: `${name}-execution`,
    ...members,
  })

const running = (ipv4Address: string) => ({ status: 'running', networks: [{ name: 'bridge', ipv4Address }] }) as const

/** An agent with two tasks on the bridge, at 172.17.0.2 and 172.17.0.3, and one in the host's network. */
const endpoint = (support: TaskRoleSupport = { bridge: true, host: true }) => {
  const tasks = [aTaskWithRoles('red', 'bridge'), aTaskWithRoles('blue', 'bridge'), aTaskWithRoles('green', 'host')]
  const credentials = new CredentialsStore()
  for (const task of tasks) {
    const [taskArn, id] = [task.arn, task.credentialsId!]
    credentials.put({ taskArn, roleType: 'TaskApplication', credentials: credentialsOf(id) })
    credentials.put({ taskArn, roleType: 'TaskExecution', credentials: credentialsOf(`${id}-execution`) })
  }
  const containers: Record<string, Pick<ContainerState, 'status' | 'networks'>> = {
    red: running('172.17.0.2'),
    blue: running('172.17.0.3'),
    green: running(''),
  }
  const audit: AuditEntry[] = []
  const failing: { with?: Error; audit?: Error } = {}
  const route = credentialsRoute({
    support,
    tasks: () => tasks,
    credentials,
    audit: {
      record: (entry) => {
        if (failing.audit) throw failing.audit
        audit.push(entry)
      },
    },
    isHostAddress: (address) => address === HOST_ADDRESS,
    runtime: {
      inspect: async (id) => {
        if (failing.with) throw failing.with
        return containers[id] as ContainerState | undefined
      },
    },
  })
  const get = async (path: string, sourceAddress: string) => {
    const { pathname, searchParams: query } = new URL(path, 'http://169.254.170.2')
    const body = () => Promise.resolve('')
    const answer = await route({ pathname, query, sourceAddress, userAgent: 'aws-sdk-js/3', body })?.GET?.()
    return answer && { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> }
  }
  return { tasks, credentials, containers, audit, failing, get }
}

const RED_AT = '172.17.0.2'
const BLUE_AT = '172.17.0.3'

const refused = (status: number, code: string) => ({
  status,
  body: { code, message: expect.any(String) as string, HTTPErrorCode: status },
})

describe('a container', () => {
  it('gets the credentials of its task', async () => {
    const { get } = endpoint()
    const answer = {
      status: 200,
      body: {
        RoleArn: 'arn:aws:iam::000000000000:role/red',
        AccessKeyId: 'ASIAEXAMPLE',
        SecretAccessKey: SECRET,
        Token: 'the token',
        Expiration: '2026-01-01T06:00:00Z',
      },
    }
    expect(await get('/v2/credentials/red', RED_AT)).toEqual(answer)
    expect(await get('/v1/credentials?id=red', RED_AT)).toEqual(answer)
  })

  it.each([
    ['another task', 'blue', RED_AT],
    ['a task in the host network', 'green', RED_AT],
    ['its own execution role', 'red-execution', RED_AT],
  ])('is refused the credentials of %s', async (_whose, id, address) => {
    const { get, audit } = endpoint()
    expect(await get(`/v2/credentials/${id}`, address)).toEqual(refused(403, 'AccessDenied'))
    expect(audit).toMatchObject([{ status: 403, sourceAddress: address }])
  })

  it.each(['10.0.0.1', '172.17.0.9', ''])('is refused everything at an address of nobody (%s)', async (address) => {
    const { get } = endpoint()
    for (const id of ['red', 'green', 'red-execution'])
      expect(await get(`/v2/credentials/${id}`, address)).toEqual(refused(403, 'AccessDenied'))
  })

  it('is who it is now, not who had its address before', async () => {
    const { get, containers } = endpoint()
    containers['blue'] = running(RED_AT)
    containers['red'] = { status: 'exited', networks: [{ name: 'bridge', ipv4Address: RED_AT }] }
    expect(await get('/v2/credentials/red', RED_AT)).toEqual(refused(403, 'AccessDenied'))
    expect((await get('/v2/credentials/blue', RED_AT))?.status).toBe(200)
    expect(await get('/v2/credentials/blue', BLUE_AT)).toEqual(refused(403, 'AccessDenied'))
  })

  it('gets nothing while the engine cannot say who it is', async () => {
    const { get, failing } = endpoint()
    failing.with = new RuntimeError('unreachable', 'the engine is down')
    await expect(get('/v2/credentials/red', RED_AT)).rejects.toThrow('the engine is down')
  })

  it('waits after a restart of the agent until the control plane has sent its credentials again', async () => {
    const { get, credentials } = endpoint()
    credentials.forget('red')
    expect(await get('/v2/credentials/red', RED_AT)).toEqual(refused(503, 'CredentialsUninitialized'))
    expect(await get('/v2/credentials/red', BLUE_AT)).toEqual(refused(403, 'AccessDenied'))
  })

  it.each([
    ['/v2/credentials/', 'NoIdInRequest', 'CredentialsV2Request: No Credential ID in the request'],
    ['/v1/credentials', 'NoIdInRequest', 'CredentialsV1Request: No Credential ID in the request'],
    ['/v2/credentials/unknown', 'InvalidIdInRequest', 'CredentialsV2Request: Credentials not found'],
    ['/v2/credentials/red/', 'InvalidIdInRequest', 'CredentialsV2Request: Credentials not found'],
    ['/v1/credentials?id=unknown', 'InvalidIdInRequest', 'CredentialsV1Request: Credentials not found'],
  ])('hears that %s is nothing', async (path, code, message) => {
    const { get } = endpoint()
    expect(await get(path, RED_AT)).toEqual({ status: 400, body: { code, message, HTTPErrorCode: 400 } })
  })

  it('gets nothing of a task that has stopped', async () => {
    const { get, tasks } = endpoint()
    tasks[0] = { ...tasks[0]!, knownStatus: 'STOPPED' }
    expect(await get('/v2/credentials/red', RED_AT)).toEqual(refused(400, 'InvalidIdInRequest'))
  })
})

describe('the host', () => {
  it('gets what belongs to tasks in its network and to execution roles, and nothing of tasks on the bridge', async () => {
    const { get } = endpoint()
    expect((await get('/v2/credentials/green', HOST_ADDRESS))?.status).toBe(200)
    expect((await get('/v2/credentials/red-execution', HOST_ADDRESS))?.status).toBe(200)
    expect(await get('/v2/credentials/red', HOST_ADDRESS)).toEqual(refused(403, 'AccessDenied'))
  })
})

describe('an agent without task roles for a network mode', () => {
  it.each<[TaskRoleSupport, string, number]>([
    [{ bridge: false, host: true }, 'red', 400],
    [{ bridge: false, host: true }, 'green', 200],
    [{ bridge: true, host: false }, 'green', 400],
    [{ bridge: true, host: false }, 'red', 200],
  ])('serves none in it: %o, %s', async (support, id, status) => {
    const { get } = endpoint(support)
    expect((await get(`/v2/credentials/${id}`, id === 'green' ? HOST_ADDRESS : RED_AT))?.status).toBe(status)
  })
})

describe('an agent without any task roles', () => {
  it.each(['red', 'green', 'grey'])("serves the host's engine execution roles all the same: %s", async (name) => {
    const { get, tasks, credentials } = endpoint({ bridge: false, host: false })
    tasks.push(aTaskWithRoles('grey', 'none'))
    credentials.put({
      taskArn: aTaskArn('grey'),
      roleType: 'TaskExecution',
      credentials: credentialsOf('grey-execution'),
    })
    expect((await get(`/v2/credentials/${name}-execution`, HOST_ADDRESS))?.status).toBe(200)
    expect(await get(`/v2/credentials/${name}-execution`, RED_AT)).toEqual(refused(403, 'AccessDenied'))
    expect(await get(`/v2/credentials/${name}`, HOST_ADDRESS)).toEqual(refused(400, 'InvalidIdInRequest'))
  })
})

describe('the audit log', () => {
  it('has every request, without ids and secrets', async () => {
    const { get, audit } = endpoint()
    await get('/v2/credentials/red', RED_AT)
    await get('/v1/credentials?id=green-execution', HOST_ADDRESS)
    await get('/v2/credentials/unknown', RED_AT)
    const userAgent = 'aws-sdk-js/3'
    expect(audit).toEqual([
      {
        status: 200,
        sourceAddress: RED_AT,
        path: '/v2/credentials',
        userAgent,
        taskArn: aTaskArn('red'),
        eventType: 'GetCredentials',
      },
      {
        status: 200,
        sourceAddress: HOST_ADDRESS,
        path: '/v1/credentials',
        userAgent,
        taskArn: aTaskArn('green'),
        eventType: 'GetCredentialsExecutionRole',
      },
      {
        status: 400,
        sourceAddress: RED_AT,
        path: '/v2/credentials',
        userAgent,
        taskArn: '',
        eventType: 'GetCredentialsInvalidRoleType',
      },
    ])
  })
})

describe('without an audit log', () => {
  it('nothing is handed out: a line that cannot be written is one that is missing', async () => {
    const { get, failing } = endpoint()
    failing.audit = new Error('ENOSPC: no space left on device')
    await expect(get('/v2/credentials/red', RED_AT)).rejects.toThrow('ENOSPC')
  })
})

describe('other paths', () => {
  it.each(['/', '/v2/credentials', '/v2/metadata', '/v1/credentials/red', '/v4/red'])(
    'are others (%s)',
    async (path) => {
      expect(await endpoint().get(path, RED_AT)).toBeUndefined()
    },
  )
})
