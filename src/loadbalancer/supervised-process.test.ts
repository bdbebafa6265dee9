import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../kit/clock.ts'
import { SupervisedProcess } from './supervised-process.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const world = (script = 'echo begun; exec sleep 60') => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-process-'))
  const processIdFile = path.join(directory, 'pid')
  const supervise = (args: readonly string[] = ['-c', script, directory], marks?: readonly string[]) => {
    let died = (): void => {}
    const death = new Promise<void>((resolve) => (died = resolve))
    const made = new SupervisedProcess({
      command: '/bin/sh',
      args,
      ...(marks && { marks }),
      processIdFile,
      logFile: path.join(directory, 'log'),
      clock: new SystemClock(),
      onDeath: died,
    })
    ends.push(() => made.end())
    return { made, death }
  }
  return { processIdFile, supervise }
}

/** Keeps its arguments, by which it is known again. */
const WAITS = 'while :; do sleep 60 & wait; done'

describe('a supervised process', () => {
  it('is told of when it ends by itself', async () => {
    const { supervise } = world('echo over')
    const { made, death } = supervise()
    made.start()
    await death
    expect(made.processId).toBeUndefined()
    expect(made.printedSince(0)).toBe('over\n')
  })

  it('that cannot be started ends at once', async () => {
    const { death, made } = world().supervise(['-c', 'exec /nowhere'])
    made.start()
    await death
    expect(made.processId).toBeUndefined()
  })

  it('is found again by its marks, whatever else it would be started with now', async () => {
    const { supervise, processIdFile } = world(WAITS)
    const first = supervise().made
    first.start()
    first.release()
    const args = ['-c', WAITS, path.dirname(processIdFile), 'another']
    expect(supervise(args).made.adopt()).toBe(false)
    const known = supervise(args, [path.dirname(processIdFile)]).made
    expect(known.adopt()).toBe(true)
    await known.end()
  })

  it('is found again, ended for good, and not told of then', async () => {
    const { supervise, processIdFile } = world(WAITS)
    const first = supervise().made
    first.start()
    const { processId } = first
    first.release()
    const second = supervise()
    expect(second.made.adopt()).toBe(true)
    expect(second.made.processId).toBe(processId)
    await second.made.end()
    expect(existsSync(processIdFile)).toBe(false)
    expect(existsSync(`/proc/${processId}/exe`)).toBe(false)
  })

  it('that was found again is told of when it ends', async () => {
    const { supervise } = world(WAITS)
    const first = supervise().made
    first.start()
    const processId = first.processId ?? 0
    first.release()
    const { made, death } = supervise()
    expect(made.adopt()).toBe(true)
    process.kill(processId, 'SIGKILL')
    await death
    expect(made.processId).toBeUndefined()
  })

  it('is not taken for another that got its number', () => {
    const { supervise, processIdFile } = world()
    writeFileSync(processIdFile, String(process.pid))
    const { made } = supervise()
    expect(made.adopt()).toBe(false)
    writeFileSync(processIdFile, 'none')
    expect(made.adopt()).toBe(false)
    expect(readFileSync(processIdFile, 'utf8')).toBe('none')
  })
})
