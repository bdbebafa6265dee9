import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aLogRouter, aRoutedContainer, aRoutedTask } from '../../../test/builders/a-routed-task.ts'
import { builderIds } from '../../../test/builders/ids.ts'
import { acceptTask } from '../engine/accept.ts'
import type { EngineTask } from '../engine/task.ts'
import { RouterFiles } from './router-files.ts'

let home: string
beforeEach(() => (home = mkdtempSync(path.join(tmpdir(), 'routers-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

const aTask = (user = '0', options: Record<string, string> = { Name: 'stdout' }): EngineTask => {
  const router = aLogRouter({ type: 'fluentbit' }, { dockerConfig: { config: JSON.stringify({ User: user }) } })
  return acceptTask(aRoutedTask([aRoutedContainer(options), router]), 0, builderIds)
}

const ID = '0123456789abcdef0123456789abcdef'
const inTask = (...parts: string[]): string => path.join(home, 'firelens', ID, ...parts)
const files = (directory = path.join(home, 'firelens')): RouterFiles => new RouterFiles(directory, 'shop')
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)

describe('the files of a log router', () => {
  it('are its configuration, which anyone may read, and the directory of its socket', async () => {
    const before = process.umask(0o077)
    try {
      await files().prepare(aTask())
    } finally {
      process.umask(before)
    }
    expect(readFileSync(inTask('config', 'fluent.conf'), 'utf8')).toContain('Match app-firelens*')
    expect(modeOf(inTask('config', 'fluent.conf'))).toBe('644')
    expect(modeOf(inTask('socket'))).toBe('755')
  })

  it('are made again without harm, over what a killed agent left', async () => {
    await files().prepare(aTask())
    const text = readFileSync(inTask('config', 'fluent.conf'), 'utf8')
    writeFileSync(inTask('config', 'fluent.conf.new'), 'half of')
    await files().prepare(aTask())
    expect(readFileSync(inTask('config', 'fluent.conf'), 'utf8')).toBe(text)
    expect(existsSync(inTask('config', 'fluent.conf.new'))).toBe(false)
  })

  it('give the socket to the user that the router runs as', async () => {
    // Only root can give something to another.
    const [uid, gid] = [process.getuid?.() || 1000, process.getgid?.() || 100]
    await files().prepare(aTask(`${uid}:${gid}`))
    expect(statSync(inTask('socket'))).toMatchObject({ uid, gid })
  })

  it('go, also where there are none', async () => {
    const { arn } = aTask()
    await files().remove(arn)
    await files().prepare(aTask())
    await files().remove(arn)
    expect(existsSync(inTask())).toBe(false)
  })

  it('cannot be made of what makes no configuration', async () => {
    await expect(files().prepare(aTask('0', { Host: 'a' }))).rejects.toThrow(
      'unable to generate firelens config file: unable to apply log options of container app to firelens config: missing output key Name which is required for firelens configuration of type fluentbit',
    )
    await expect(files().prepare(aTask('fluent'))).rejects.toThrow(
      'unable to initialize resource directory: the user of a log router is a number here, not "fluent"',
    )
  })

  it('cannot lie where the path of the socket is too long for the kernel', async () => {
    const deep = path.join(home, 'a'.repeat(60))
    await expect(files(deep).prepare(aTask())).rejects.toThrow('the path of a socket has at most 107 bytes')
    expect(existsSync(deep)).toBe(false)
  })

  it('lie in no other directory than that of routers', async () => {
    const task = { ...aTask(), arn: 'arn:aws:ecs:us-west-2:000000000000:task/shop/..' }
    await expect(files().prepare(task)).rejects.toThrow('the task id ".." is no name of a directory')
    await expect(files().remove(task.arn)).rejects.toThrow('the task id ".." is no name of a directory')
    expect(existsSync(home)).toBe(true)
  })
})
