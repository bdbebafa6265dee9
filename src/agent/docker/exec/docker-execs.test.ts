import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../kit/clock.ts'
import { DockerRuntime } from '../docker-runtime.ts'
import { parseDockerHost } from '../engine-endpoint.ts'
import { SeededIds } from '../../../kit/ids.ts'
import { DETACH_KEYS } from './detach-keys.ts'

interface Script {
  /** Answers to calls other than `/version` and the start of the exec. */
  readonly answers?: Readonly<Record<string, unknown>>
  /** The program, at the engine's end of the connection. */
  readonly program?: (connection: Duplex) => void
  /** Instead of starting it. */
  readonly refusal?: { readonly status: number; readonly message: string }
}

const directory = mkdtempSync(join(tmpdir(), 'docker-execs-'))
const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

const anEngine = async ({ answers = {}, program = (it) => it.end(), refusal }: Script) => {
  const socketPath = join(directory, `${closing.length}-${Math.trunc(performance.now() * 1000)}.sock`)
  const calls: { path: string; body: unknown }[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/version') return void response.end('{"Version":"20.10.24","ApiVersion":"1.41"}')
    const path = (request.url ?? '').replace('/v1.41', '')
    calls.push({ path, body: await bodyOf(request) })
    if (path.endsWith('/start')) return void response.writeHead(refusal?.status ?? 500).end(JSON.stringify(refusal))
    const found = answers[path]
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? { message: `no ${path}` }))
  }
  const server = createServer((request, response) => void answer(request, response))
  if (refusal === undefined) {
    server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      calls.push({ path: (request.url ?? '').replace('/v1.41', ''), body: undefined })
      connection.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
      // What was sent along with the call is its body.
      if (head.length > 0) program(connection)
      else connection.once('data', () => program(connection))
    })
  }
  await new Promise<void>((listening) => server.listen(socketPath, listening))
  const clock = new ManualClock()
  const runtime = new DockerRuntime({
    endpoint: parseDockerHost(`unix://${socketPath}`)!,
    clock,
    ids: new SeededIds(1),
  })
  closing.push(() => {
    runtime.close()
    server.close()
    server.closeAllConnections()
  })
  return { runtime, calls, clock }
}

const CREATED = {
  '/containers/c/exec': { Id: 'e' },
  '/containers/c/json': { Config: { Env: ['LANG=de_DE', 'PATH=/bin'] } },
}
const ended = (ExitCode: number) => ({ ...CREATED, '/exec/e/json': { ID: 'e', Running: false, ExitCode, Pid: 0 } })

const textOf = async (output: AsyncIterable<{ readonly data: Uint8Array }>): Promise<string> => {
  let text = ''
  for await (const { data } of output) text += Buffer.from(data).toString()
  return text
}

describe('exec of the Docker runtime', () => {
  it('creates and starts the program, marked, with what the container has not set itself', async () => {
    const { runtime, calls } = await anEngine({ answers: ended(0) })
    await runtime.exec('c', {
      command: ['ls', '-l'],
      user: '0',
      environment: { TERM: 'xterm' },
      defaultEnvironment: { LANG: 'C.UTF-8', HOME: '/' },
    })
    expect(calls.find(({ path }) => path === '/containers/c/exec')?.body).toEqual({
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      DetachKeys: DETACH_KEYS,
      Cmd: ['ls', '-l'],
      Env: ['HOME=/', 'TERM=xterm'],
      User: '0',
    })
  })

  it('carries input and output of a terminal as they are, and tells the exit code', async () => {
    const { runtime } = await anEngine({
      answers: { ...ended(3), '/exec/e/resize?w=80&h=24': {} },
      program: (connection) => connection.on('data', (data: Buffer) => connection.end(`got ${data.toString()}`)),
    })
    const exec = await runtime.exec('c', { command: ['cat'], terminal: { columns: 80, rows: 24 } })
    await exec.write(Buffer.from('hello'))
    expect(await textOf(exec.output)).toBe('got hello')
    expect(await exec.exitCode()).toBe(3)
    await exec.write(Buffer.from('too late'))
  })

  it('sets the size of a terminal as soon as there is one', async () => {
    const answers: Record<string, unknown> = { ...CREATED, '/exec/e/json': { ID: 'e', Running: true, Pid: 0 } }
    const { runtime, calls, clock } = await anEngine({ answers, program: () => {} })
    await runtime.exec('c', { command: ['sh'], terminal: { columns: 80, rows: 24 } })
    const tries = () => calls.filter(({ path }) => path.startsWith('/exec/e/resize')).length
    const until = async (count: number): Promise<void> => {
      while (tries() < count) {
        await new Promise((resolve) => setImmediate(resolve))
        await clock.advance(20)
      }
    }
    await until(2)
    answers['/exec/e/resize?w=80&h=24'] = {}
    await until(3)
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(20)
    }
    expect(tries()).toBeLessThanOrEqual(4)
  })

  it('ends the output where the connection breaks, and knows no exit code where the engine does not', async () => {
    const { runtime, clock } = await anEngine({
      answers: { ...CREATED, '/exec/e/json': { ID: 'e', Running: true, Pid: 0 } },
      program: (connection) => connection.destroy(),
    })
    const exec = await runtime.exec('c', { command: ['sleep'] })
    expect(await textOf(exec.output)).toBe('')
    let code: number | undefined | 'open' = 'open'
    void exec.exitCode().then((its) => (code = its))
    while (code === 'open') {
      await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(20)
    }
    expect(code).toBeUndefined()
  })

  it('is told to go where it cannot be signalled, as on another machine', async () => {
    let heard = ''
    const { runtime, clock } = await anEngine({
      answers: {
        ...CREATED,
        '/exec/e/json': { ID: 'e', Running: true, Pid: 4711, ContainerID: 'f'.repeat(64) },
        '/exec/e/resize?w=80&h=24': {},
      },
      program: (connection) => connection.on('data', (data: Buffer) => (heard += data.toString())),
    })
    const exec = await runtime.exec('c', { command: ['sh'], terminal: { columns: 80, rows: 24 } })
    let isKilled = false
    void exec.kill().then(() => (isKilled = true))
    while (!isKilled) {
      await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(20)
    }
    expect(heard).toBe('\u0003\u0004')
    expect(await textOf(exec.output)).toBe('')
  })

  it("is refused in the engine's words", async () => {
    const { runtime } = await anEngine({ answers: CREATED, refusal: { status: 409, message: 'is not running' } })
    await expect(runtime.exec('c', { command: ['sh'] })).rejects.toMatchObject({
      kind: 'conflict',
      message: 'is not running',
    })
    await expect(runtime.exec('other', { command: ['sh'] })).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('ends nothing that it does not know for its own', async () => {
    const { runtime } = await anEngine({
      answers: {
        '/containers/c/json': { Config: {}, ExecIDs: ['health', 'gone', 'marked'] },
        '/exec/health/json': { ID: 'health', Running: true, Pid: 1, DetachKeys: '' },
        // Of the right kind, but no process of this container, as where the engine is on another machine.
        '/exec/marked/json': { ID: 'marked', Running: true, Pid: 1, DetachKeys: 'HmxvbmdzaG9yZQ==', ContainerID: 'c' },
      },
    })
    expect(await runtime.endLeftExecs('c')).toBe(0)
    expect(await runtime.endLeftExecs('nobody')).toBe(0)
  })

  it('does not take for left what was begun meanwhile', async () => {
    const { runtime, calls } = await anEngine({
      answers: {
        ...CREATED,
        '/containers/c/json': { Config: { Env: [] }, ExecIDs: ['e', 'other'] },
        '/exec/e/json': { ID: 'e', Running: true, Pid: 1, ContainerID: 'c' },
        '/exec/other/json': { ID: 'other', Running: false },
      },
      program: (connection) =>
        connection.on('data', (data: Buffer) => void (String(data) === 'leave' && connection.end())),
    })
    const exec = await runtime.exec('c', { command: ['sh'] })
    const asked = async (): Promise<string[]> => {
      const before = calls.length
      await runtime.endLeftExecs('c')
      return calls.slice(before).map(({ path }) => path)
    }
    expect(await asked()).toEqual(['/containers/c/json', '/exec/other/json'])
    // Its session is over then, though it runs on.
    await exec.write(Buffer.from('leave'))
    expect(await textOf(exec.output)).toBe('')
    expect(await asked()).toContain('/exec/e/json')
  })
})
