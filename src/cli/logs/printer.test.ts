import { describe, expect, it } from 'vitest'
import { Printer } from './printer.ts'

const source = (containerName: string, taskId = '01a1feb90000000000000000000000aa') => ({
  taskId,
  containerName,
  logGroupName: 'group',
  logStreamName: 'stream',
  region: 'us-east-1',
})
const line = (containerName: string) => ({ source: source(containerName), timestamp: 1_000, message: 'said' })
const PLAIN = { hasTimestamps: false, isJson: false, hasColours: false }

describe('a line', () => {
  it('has the end of its task and its container in front, in one column', () => {
    const printer = new Printer(PLAIN)
    printer.expect([source('a'), source('longer')])
    expect(printer.text(line('a'))).toBe('000000aa/a      | said\n')
    expect(printer.text(line('longer'))).toBe('000000aa/longer | said\n')
  })

  it('has its time and its colour where they are wanted', () => {
    const printer = new Printer({ ...PLAIN, hasTimestamps: true, hasColours: true })
    const [first, second] = [printer.text(line('a')), printer.text(line('b'))]
    expect(first).toBe('\u001B[36m000000aa/a |\u001B[0m 1970-01-01T00:00:01Z said\n')
    expect(second).toContain('\u001B[33m')
    expect(printer.text(line('a'))).toBe(first)
  })

  it('is an object where JSON is wanted', () => {
    expect(JSON.parse(new Printer({ ...PLAIN, isJson: true }).text(line('a')))).toEqual({
      timestamp: '1970-01-01T00:00:01Z',
      task: '01a1feb90000000000000000000000aa',
      container: 'a',
      message: 'said',
    })
  })
})
