import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aPayloadTask, aTaskArn } from '../../../test/builders/a-payload-task.ts'
import { anEngineContainer, anEngineTask } from '../../../test/builders/an-engine-task.ts'
import type { HttpAnswer, HttpRequest } from '../../agentlink/http-transport.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { http } from '../../kit/node.ts'
import { signRequest } from '../../model/signature-v4.ts'
import { CredentialsStore } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import type { AuditEntry } from '../metadata/audit-log.ts'
import { LogRelay } from './log-relay.ts'

const ARN = aTaskArn('0123')

const aLoggingTask = (mode: string, members: Partial<EngineTask> = {}): EngineTask => {
  const hostConfig = JSON.stringify({ LogConfig: { Type: 'awslogs', Config: { mode } } })
  const container = anEngineContainer({ dockerConfig: { hostConfig } })
  return anEngineTask(aPayloadTask({ arn: ARN }), { containers: [container], ...members })
}

let dataDirectory: string
let clock: ManualClock
let requests: HttpRequest<Uint8Array>[]
let answering: () => Promise<HttpAnswer>
const opened: LogRelay[] = []

beforeEach(() => {
  dataDirectory = mkdtempSync(path.join(tmpdir(), 'log-relay-'))
  clock = new ManualClock()
  requests = []
  answering = async () => ({ status: 200, body: '{}' })
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((relay) => relay.close()))
  rmSync(dataDirectory, { recursive: true, force: true })
})

const open = async (tasks: readonly EngineTask[] = [aLoggingTask('blocking')]) => {
  const relay = await LogRelay.open({
    endpoint: 'http://127.0.0.1:4566',
    dataDirectory,
    ownCredentials: () => ({ accessKeyId: 'INSTANCE', secretAccessKey: 's' }),
    transport: (request) => {
      requests.push(request)
      return answering()
    },
    userAgent: 'Test Agent',
    clock,
    ids: new SystemIds(),
    log: silentLog,
  })
  opened.push(relay)
  const source = { tasks: () => tasks, credentials: new CredentialsStore() }
  return { relay, source }
}

const optionsOf = (relay: LogRelay, task: EngineTask) => {
  const { 'awslogs-endpoint': endpoint = '', 'awslogs-credentials-endpoint': pathname = '' } = relay.logOptions(
    task,
    task.containers[0]!,
  )
  return { endpoint, pathname }
}

type Opened = Awaited<ReturnType<typeof open>>

/** As Docker does it: asks for a key, and signs with it. */
const driver = async ({ relay, source }: Opened, task = aLoggingTask('blocking')) => {
  const { endpoint, pathname } = optionsOf(relay, task)
  const audit: AuditEntry[] = []
  const ask = async (sourceAddress: string) => {
    const methods = relay.route(source, { record: (entry) => void audit.push(entry) })({
      pathname,
      query: new URLSearchParams(),
      sourceAddress,
      userAgent: 'Docker',
      body: async () => '',
    })
    const { status = 0, body = '' } = (await methods?.GET?.()) ?? {}
    return { status, body: JSON.parse(body) as Record<string, string> }
  }
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = (await ask('127.0.0.1')).body
  const put = async (body: string): Promise<number> => {
    const url = new URL(endpoint)
    const headers = signRequest({
      method: 'POST',
      url,
      headers: { 'x-amz-target': 'Logs_20140328.PutLogEvents' },
      body,
      region: 'us-east-1',
      service: 'logs',
      credentials: { accessKeyId, secretAccessKey },
      now: clock.now(),
    })
    return post(url, headers, body)
  }
  return { put, ask, audit }
}

/** On a connection of its own. */
const post = (url: URL, headers: Record<string, string>, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', reject)
    request.end(body)
  })

const signer = (request: HttpRequest<Uint8Array> | undefined): string | undefined =>
  /Credential=([^/]+)/.exec(request?.headers['authorization'] ?? '')?.[1]

describe('the relay', () => {
  it('signs as the container instance where the task has no execution role', async () => {
    const there = await open()
    there.relay.serve(there.source)
    const { put } = await driver(there)
    expect(await put('{}')).toBe(200)
    await there.relay.close()
    expect(requests.map(signer)).toEqual(['INSTANCE'])
  })

  it("signs with the execution role's credentials, whichever are the present ones", async () => {
    const there = await open([aLoggingTask('blocking', { executionCredentialsId: 'role' })])
    there.relay.serve(there.source)
    const { put } = await driver(there)
    for (const accessKeyId of ['ASIA1', 'ASIA2']) {
      const credentials = { credentialsId: 'role', roleArn: 'r', accessKeyId, secretAccessKey: 's', sessionToken: 't' }
      there.source.credentials.put({
        taskArn: ARN,
        roleType: 'TaskExecution',
        credentials: { ...credentials, expiration: '2026-01-01T06:00:00Z' },
      })
      const arrived = Promise.withResolvers<void>()
      answering = async () => {
        arrived.resolve()
        return { status: 200, body: '{}' }
      }
      expect(await put('{}')).toBe(200)
      await arrived.promise
    }
    expect(requests.map(signer)).toEqual(['ASIA1', 'ASIA2'])
  })

  it('gives keys to the host alone, and says so in the audit log', async () => {
    const { ask, audit } = await driver(await open())
    expect(await ask('172.17.0.2')).toMatchObject({ status: 400, body: { code: 'InvalidIdInRequest' } })
    expect(audit.map(({ status, taskArn, eventType }) => [status, taskArn, eventType])).toEqual([
      [200, ARN, 'GetCredentialsExecutionRole'],
      [400, ARN, 'GetCredentialsExecutionRole'],
    ])
    expect(JSON.stringify(audit)).not.toContain(optionsOf((await open()).relay, aLoggingTask('blocking')).pathname)
  })

  it('is where it was after a restart, with the same keys, and keeps them to itself', async () => {
    const first = await open()
    const before = optionsOf(first.relay, aLoggingTask('blocking'))
    const { put } = await driver(first)
    await first.relay.close()
    const second = await open()
    expect(optionsOf(second.relay, aLoggingTask('blocking'))).toEqual(before)
    // What comes before the agent knows its tasks waits.
    const answer = put('{}')
    second.relay.serve(second.source)
    expect(await answer).toBe(200)
    expect(statSync(path.join(dataDirectory, 'log-relay.json')).mode & 0o777).toBe(0o600)
  })

  it('goes elsewhere if its port is taken', async () => {
    const { relay } = await open()
    const { endpoint } = optionsOf(relay, aLoggingTask('blocking'))
    await relay.close()
    const other = createServer()
    await new Promise<void>((resolve) => void other.listen(Number(new URL(endpoint).port), '127.0.0.1', resolve))
    expect(optionsOf((await open()).relay, aLoggingTask('blocking')).endpoint).not.toBe(endpoint)
    other.close()
  })
})

describe('an agent that is killed', () => {
  const bodies = () => requests.map(({ body }) => Buffer.from(body).toString())
  /** Nothing of it ends in order. */
  const kill = () => opened.splice(0)
  const invocations = () => requests.map(({ headers }) => headers['amz-sdk-invocation-id'])

  it.each(['blocking', 'non-blocking'])('leaves what it has taken to the next one, in mode %s', async (mode) => {
    const task = aLoggingTask(mode)
    const killed = await open([task])
    killed.relay.serve(killed.source)
    answering = () => new Promise(() => {})
    const { put } = await driver(killed, task)
    for (const body of ['{"a":1}', '{"b":2}', '{"c":3}']) expect(await put(body)).toBe(200)
    expect(bodies()).toEqual(['{"a":1}'])
    const [first] = invocations()
    kill()
    requests = []
    answering = async () => ({ status: 200, body: '{}' })
    const next = await open([task])
    next.relay.serve(next.source)
    await next.relay.close()
    expect(bodies()).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
    expect(invocations()[0]).toBe(first)
    expect(readdirSync(path.join(dataDirectory, 'log-spool'))).toEqual([])
  })

  it('leaves nothing of a task that is gone since', async () => {
    const killed = await open()
    killed.relay.serve(killed.source)
    answering = () => new Promise(() => {})
    const { put } = await driver(killed)
    await put('{}')
    kill()
    const next = await open([])
    next.relay.serve(next.source)
    await next.relay.close()
    expect([requests.length, readdirSync(path.join(dataDirectory, 'log-spool'))]).toEqual([1, []])
  })
})

describe('a task that ends', () => {
  const drained = (relay: LogRelay) => {
    const done = { is: false }
    void relay.drained(ARN).then(() => (done.is = true))
    return done
  }

  it('is not waited for if it never logged', async () => {
    const { relay } = await open()
    await expect(relay.drained(ARN)).resolves.toBeUndefined()
  })

  it('is waited for until its last lines are delivered, and nothing more comes', async () => {
    const task = aLoggingTask('non-blocking')
    const there = await open([task])
    there.relay.serve(there.source)
    let deliver: () => void = () => {}
    answering = () => new Promise((resolve) => (deliver = () => resolve({ status: 200, body: '{}' })))
    const { put } = await driver(there, task)
    await put('{}')
    const done = drained(there.relay)
    await clock.advance(10_000)
    expect(done.is).toBe(false)
    deliver()
    let waitedMs = 0
    for (; !done.is; waitedMs += 50) await clock.advance(50)
    expect(waitedMs).toBeGreaterThanOrEqual(300)
  })

  it('is not waited for without end', async () => {
    const task = aLoggingTask('non-blocking')
    const there = await open([task])
    there.relay.serve(there.source)
    answering = async () => ({ status: 500, body: '{}' })
    const { put } = await driver(there, task)
    await put('{}')
    const done = drained(there.relay)
    await clock.advance(29_000)
    expect(done.is).toBe(false)
    await clock.advance(2000)
    expect(done.is).toBe(true)
    there.relay.forget(ARN)
  })
})
