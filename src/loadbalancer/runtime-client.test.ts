import { mkdtempSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { RuntimeClient, RuntimeConnection, RuntimeGone, RuntimeRefused, WorkerLine } from './runtime-client.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

type Answer = (command: string, socket: Socket) => string | undefined

/** A master's socket: answers each line, and prints the prompt of who it speaks for. */
const master = async (answer: Answer) => {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy()))
    let [prompt, rest] = ['master> ', '']
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        heard.push(line)
        const [, worker] = /^@!(\d+)$/.exec(line) ?? []
        if (worker !== undefined) prompt = `${worker}> `
        const said = line === 'prompt' || worker !== undefined ? '' : answer(line, socket)
        if (said !== undefined) socket.write(`${said}\n${prompt}`)
      }
    })
  })
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'longshore-master-')), 'master.sock')
  await new Promise<void>((resolve) => server.listen(file, resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  ends.push(() => sockets.forEach((socket) => socket.destroy()))
  return { file, heard, sockets }
}

const opened = <Line extends { close(): void }>(line: Line): Line => {
  ends.push(() => line.close())
  return line
}

describe('a connection to HAProxy', () => {
  it('gives answers in the order of their commands, without prompts', async () => {
    const { file, heard } = await master((command) => `answer to ${command}\n\nwith lines\n`)
    const connection = opened(new RuntimeConnection(file, 77))
    expect(await Promise.all([connection.send('one'), connection.send('two')])).toEqual([
      'answer to one\n\nwith lines',
      'answer to two\n\nwith lines',
    ])
    expect(heard).toEqual(['prompt', '@!77', 'one', 'two'])
  })

  it('reads answers that come in pieces, prompts too', async () => {
    const { file } = await master((_command, socket) => {
      for (const piece of ['a long', ' answer\n', '\nmas', 'ter', '> ']) socket.write(piece)
      return undefined
    })
    expect(await opened(new RuntimeConnection(file)).send('one')).toBe('a long answer')
  })

  it('fails what is under way when it ends, and everything after', async () => {
    const { file } = await master((_command, socket) => void socket.destroy())
    const connection = opened(new RuntimeConnection(file))
    await expect(Promise.all([connection.send('one'), connection.send('two')])).rejects.toThrow(RuntimeGone)
    await expect(connection.send('three')).rejects.toThrow(RuntimeGone)
    await expect(opened(new RuntimeConnection(`${file}.none`)).send('one')).rejects.toThrow(RuntimeGone)
  })

  it('takes no command that would be two', async () => {
    const { file, heard } = await master(() => '')
    await expect(opened(new RuntimeConnection(file)).send('show info\nshutdown')).rejects.toThrow(RuntimeRefused)
    expect(heard).not.toContain('shutdown')
  })

  it('to a worker is opened again after it ended', async () => {
    const { file, sockets } = await master((command) => command)
    const line = opened(new WorkerLine(file, 7))
    expect(await line.send('one')).toBe('one')
    await new Promise<void>((resolve) => {
      for (const socket of sockets) socket.once('close', () => resolve()).destroy()
    })
    // Whether the end was seen yet or not.
    await Promise.allSettled([line.send('lost')])
    expect(await line.send('two')).toBe('two')
  })
})

describe('commands', () => {
  const clientOf = (answer: string): RuntimeClient =>
    new RuntimeClient({ send: () => Promise.resolve(answer), close: () => {} })

  it('are refused with HAProxy’s words', async () => {
    await expect(clientOf('No such server.').setState('web/a', 'maint')).rejects.toThrow(
      'set server web/a: No such server.',
    )
    await expect(clientOf('').deleteServer('web/a')).rejects.toThrow(RuntimeRefused)
    await clientOf('New server registered.').addServer('web/a', 'a:80')
  })

  it('tell of statistics what is asked for, with texts that have commas and quotes', async () => {
    const answer = [
      '# pxname,svname,scur,status,check_status,check_code,last_chk,addr',
      'web,a,0,DOWN,L7STS,503,"said ""no"", twice",10.0.0.1:80',
      'web,b,2,UP,* L7OK,200,,10.0.0.2:80',
      'other,c,0,no check,,,,10.0.0.3:80',
    ].join('\n')
    expect(await clientOf(answer).statistics('web')).toEqual([
      {
        backend: 'web',
        server: 'a',
        status: 'DOWN',
        checkStatus: 'L7STS',
        checkCode: 503,
        address: '10.0.0.1:80',
        sessions: 0,
      },
      {
        backend: 'web',
        server: 'b',
        status: 'UP',
        checkStatus: 'L7OK',
        checkCode: 200,
        address: '10.0.0.2:80',
        sessions: 2,
      },
    ])
    expect(await clientOf(answer).statistics()).toHaveLength(3)
  })

  it('tell of statistics only what was said', async () => {
    const said = await clientOf('# pxname,svname,scur,status\nweb,a,4,UP').statistics('web')
    expect(said).toMatchObject([{ server: 'a', sessions: 4 }])
    expect(await clientOf('# pxname,svname,scur,status').statistics('web')).toEqual([])
    await expect(clientOf('Permission denied').statistics('web')).rejects.toThrow(RuntimeRefused)
  })
})
