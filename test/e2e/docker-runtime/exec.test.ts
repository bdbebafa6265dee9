/** Programs that run in a container beside its own: terminals, streams, exit codes, and their end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecRequest, RunningExec } from '../../../src/agent/runtime.ts'
import { until } from '../longshore.ts'
import { Harness } from './harness.ts'

let harness: Harness
let container: string

beforeAll(async () => {
  harness = await Harness.start()
  container = await harness.run({ command: ['sleep', '6000'], environment: { LANG: 'de_DE' } })
})

afterAll(() => harness.stop())

const SIZE = { columns: 80, rows: 24 }

const start = (command: readonly string[], request: Partial<ExecRequest> = {}): Promise<RunningExec> =>
  harness.host.runtime.exec(container, { command, ...request })

const outcome = async (exec: RunningExec) => {
  const said = { stdout: '', stderr: '' }
  for await (const { stream, data } of exec.output) said[stream] += Buffer.from(data).toString()
  return { ...said, exitCode: await exec.exitCode() }
}

/** What it has written so far, for a program that is talked to. */
const listen = (exec: RunningExec): { said: () => string; ended: Promise<unknown> } => {
  let said = ''
  const read = async (): Promise<void> => {
    for await (const { data } of exec.output) said += Buffer.from(data).toString()
  }
  return { said: () => said, ended: read() }
}

const processes = async (): Promise<string> => {
  const body = JSON.parse((await harness.get(`/containers/${container}/top`)).toString()) as { Processes: string[][] }
  return body.Processes.map((columns) => columns.at(-1)).join('\n')
}

describe('a program without a terminal', () => {
  it('has two streams and an exit code', async () => {
    const exec = await start(['sh', '-c', 'echo out; echo err >&2; exit 7'])
    expect(await outcome(exec)).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 7 })
  })

  it('reads its input to the end', async () => {
    const exec = await start(['cat'])
    const ending = outcome(exec)
    await exec.write(Buffer.from('what is written'))
    exec.endInput()
    expect(await ending).toEqual({ stdout: 'what is written', stderr: '', exitCode: 0 })
  })

  it('waits for who reads its output, and for who reads its input', async () => {
    const bytes = 20_000_000
    const writer = await start(['sh', '-c', `head -c ${bytes} /dev/zero; echo done >&2`])
    let got = 0
    for await (const { stream, data } of writer.output) if (stream === 'stdout') got += data.length
    expect(got).toBe(bytes)
    const reader = await start(['sh', '-c', 'sleep 1; grep -c x'])
    const ending = outcome(reader)
    const line = Buffer.from('x\n'.repeat(50_000))
    for (let count = 0; count < 20; count++) await reader.write(line)
    reader.endInput()
    expect((await ending).stdout).toBe('1000000\n')
  })

  it("is told in the engine's words that it cannot be started", async () => {
    const { stdout, exitCode } = await outcome(await start(['/no/such/program']))
    expect(stdout).toContain('no such file or directory')
    expect([126, 127]).toContain(exitCode)
  })

  it('has the variables that it is given, and the defaults that the container has not', async () => {
    const request = { environment: { TERM: 'xterm' }, defaultEnvironment: { LANG: 'C.UTF-8', FALLBACK: 'yes' } }
    const { stdout } = await outcome(await start(['sh', '-c', 'echo $TERM $LANG $FALLBACK'], request))
    expect(stdout).toBe('xterm de_DE yes\n')
    expect((await outcome(await start(['id', '-u'], { user: '65534' }))).stdout).toBe('65534\n')
  })
})

describe('a program on a terminal', () => {
  it('has the size from the start, and hears of changes', async () => {
    const exec = await start(['sh'], { terminal: SIZE })
    const { said, ended } = listen(exec)
    // Docker before 23 takes the size only when the program runs, which may have asked by then.
    await until('the first size', async () => {
      await exec.write(Buffer.from('stty size\r'))
      return said().includes('24 80')
    })
    await exec.resize({ columns: 132, rows: 43 })
    await exec.write(Buffer.from('stty size\r'))
    await until('the next size', () => said().includes('43 132'))
    await exec.write(Buffer.from('exit 5\r'))
    await ended
    expect(await exec.exitCode()).toBe(5)
  })

  it('is interrupted by Ctrl-C and stopped by Ctrl-Z, and no key is kept from it', async () => {
    const exec = await start(['sh'], { terminal: SIZE })
    const { said, ended } = listen(exec)
    await exec.write(Buffer.from('sleep 1000\r'))
    await until('the program', async () => (await processes()).includes('sleep 1000'))
    await exec.write(Buffer.from('\u0003'))
    await until('the prompt', async () => !(await processes()).includes('sleep 1000'))
    await exec.write(Buffer.from('cat -v\r'))
    await until('cat', async () => (await processes()).includes('cat -v'))
    await exec.write(Buffer.from('\u0010\u0011\u0002x\r'))
    await until('Ctrl-P', () => said().includes('^P'))
    await exec.write(Buffer.from('\u0003'))
    await until('the prompt', () => said().includes('^C\r\n~ # ', said().indexOf('^P')))
    await exec.write(Buffer.from('exit\r'))
    await ended
    expect(await exec.exitCode()).toBe(130)
  })
})

describe('the end', () => {
  it('takes along all that the program has started in its session', async () => {
    const exec = await start(['sh'], { terminal: SIZE })
    const { ended } = listen(exec)
    await exec.write(Buffer.from('(trap "" HUP; sleep 1001 | sleep 1002) &\rsleep 1003\r'))
    await until('the programs', async () => /1001[^]*1003|1003[^]*1001/.test(await processes()))
    await exec.kill()
    await ended
    await until('their end', async () => !/100\d/.test(await processes()))
    expect(await exec.exitCode()).toBeGreaterThan(128)
    expect((await harness.host.runtime.inspect(container))?.status).toBe('running')
  })

  it('comes to those that an agent before has left, and to no others', async () => {
    const left = await start(['sleep', '1004'])
    await until('the program', async () => (await processes()).includes('sleep 1004'))
    expect(await harness.host.runtime.endLeftExecs(container)).toBe(0)
    const next = await harness.nextHost()
    expect(await next.runtime.endLeftExecs(container)).toBe(1)
    expect((await outcome(left)).exitCode).toBeGreaterThan(128)
    expect(await next.runtime.endLeftExecs(container)).toBe(0)
    next.close()
  })

  it('comes with that of the container', async () => {
    const id = await harness.run({ command: ['sleep', '600'] })
    const exec = await harness.host.runtime.exec(id, { command: ['sh'], terminal: SIZE })
    const ending = outcome(exec)
    await harness.host.runtime.stop(id, 0)
    expect((await ending).exitCode).not.toBe(0)
    await expect(harness.host.runtime.exec(id, { command: ['sh'] })).rejects.toMatchObject({ kind: 'conflict' })
  })
})
