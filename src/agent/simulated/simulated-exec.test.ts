import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import type { RunningExec } from '../runtime.ts'
import { SimulatedRuntime } from './simulated-runtime.ts'

const aContainer = async () => {
  const clock = new ManualClock()
  const runtime = new SimulatedRuntime({ clock, ids: new SeededIds(1), cpus: 1, memoryMiB: 64 })
  const id = await runtime.create('one', { Image: 'any', Labels: {} })
  await runtime.start(id)
  return { clock, runtime, id }
}

const SIZE = { columns: 80, rows: 24 }

const said = async ({ output }: RunningExec): Promise<string> => {
  let text = ''
  for await (const { data } of output) text += Buffer.from(data).toString()
  return text
}

describe('a program in a simulated container', () => {
  it('says what it has to say and ends with its exit code', async () => {
    const { runtime, id } = await aContainer()
    const outcome = async (...command: string[]) => {
      const exec = await runtime.exec(id, { command })
      return [await said(exec), await exec.exitCode()]
    }
    expect(await outcome('echo', 'a', 'b')).toEqual(['a b\n', 0])
    expect(await outcome('sh', '-c', 'exit 3')).toEqual(['', 3])
    expect(await outcome('vi')).toEqual(['vi: not found\n', 127])
  })

  it('is a shell on a terminal, which knows its size and is interrupted', async () => {
    const { runtime, id, clock } = await aContainer()
    const exec = await runtime.exec(id, { command: ['/bin/sh'], terminal: SIZE })
    await exec.resize({ columns: 100, rows: 30 })
    await exec.write(Buffer.from('stty size\rsleep 1000\r\u0003'))
    await exec.write(Buffer.from('sleep 1\r'))
    await clock.advance(1000)
    await exec.write(Buffer.from('exit 4\r'))
    expect(await said(exec)).toBe('# stty size\r\n30 100\r\n# sleep 1000\r\n^C\r\n# sleep 1\r\n# exit 4\r\n')
    expect(await exec.exitCode()).toBe(4)
  })

  it('reads to the end of its input', async () => {
    const { runtime, id } = await aContainer()
    const exec = await runtime.exec(id, { command: ['cat'] })
    await exec.write(Buffer.from('one\ntw'))
    exec.endInput()
    expect(await said(exec)).toBe('one\ntw\n')
  })

  it('ends with its container, and starts in none that stands still', async () => {
    const { runtime, id } = await aContainer()
    const exec = await runtime.exec(id, { command: ['sleep', '100'] })
    runtime.exit(id, 0)
    expect([await said(exec), await exec.exitCode()]).toEqual(['', 137])
    await expect(runtime.exec(id, { command: ['sh'] })).rejects.toMatchObject({ kind: 'conflict' })
  })
})
