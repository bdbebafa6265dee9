import { describe, expect, it } from 'vitest'
import { aTaskOf, anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import { settle } from './settle.ts'

const NOW = 1000
const IDLE = new Map<string, string>()
const running = { knownStatus: 'RUNNING', startedAt: 1 } as const
const exited = { knownStatus: 'STOPPED', desiredStatus: 'STOPPED', startedAt: 1, exitCode: 0 } as const

describe('settle', () => {
  it('gives the task the status of its slowest container', () => {
    const task = aTaskOf([
      anEngineContainer({ name: 'a' }, running),
      anEngineContainer({ name: 'b' }, { knownStatus: 'PULLED' }),
    ])
    expect(settle(task, IDLE, NOW).knownStatus).toBe('MANIFEST_PULLED')
  })

  it('answers with the same record when nothing follows', () => {
    const task = settle(aTaskOf([anEngineContainer({}, running)]), IDLE, NOW)
    expect(settle(task, IDLE, NOW + 1)).toBe(task)
  })

  it('wants everything stopped when an essential container has stopped', () => {
    const task = aTaskOf([anEngineContainer({ name: 'a' }, exited), anEngineContainer({ name: 'b' }, running)])
    const settled = settle(task, IDLE, NOW)
    expect(settled).toMatchObject({ desiredStatus: 'STOPPED', executionStoppedAt: NOW })
    expect(settled.containers[1]?.desiredStatus).toBe('STOPPED')
  })

  it('lets the task run on when another container has stopped', () => {
    const task = aTaskOf([
      anEngineContainer({ name: 'a' }, running),
      anEngineContainer({ name: 'b', essential: false }, exited),
    ])
    expect(settle(task, IDLE, NOW)).toMatchObject({ desiredStatus: 'RUNNING', knownStatus: 'RUNNING', hasRun: true })
  })

  it('counts a task as never running whose essential container stopped before the slowest was up', () => {
    const task = aTaskOf([anEngineContainer({ name: 'a' }, exited), anEngineContainer({ name: 'b' }, running)])
    expect(settle(task, IDLE, NOW)).toMatchObject({ knownStatus: 'NONE', hasRun: false })
  })

  it('stops without further ado what never started', () => {
    const task = aTaskOf([anEngineContainer({}, { knownStatus: 'CREATED' })], { desiredStatus: 'STOPPED' })
    expect(settle(task, IDLE, NOW)).toMatchObject({ knownStatus: 'STOPPED', stoppedAt: NOW })
  })

  it('waits for a start or create in progress before it says so', () => {
    const task = aTaskOf([anEngineContainer({}, { knownStatus: 'CREATED' })], { desiredStatus: 'STOPPED' })
    expect(settle(task, new Map([['app', 'start-container']]), NOW).knownStatus).toBe('CREATED')
  })

  it('does not wait for a pull', () => {
    const task = aTaskOf([anEngineContainer()], { desiredStatus: 'STOPPED' })
    expect(settle(task, new Map([['app', 'pull-image']]), NOW).knownStatus).toBe('STOPPED')
  })

  it('does not take for stopped what may have started', () => {
    const task = aTaskOf([anEngineContainer({}, { knownStatus: 'CREATED', startUncertain: true })], {
      desiredStatus: 'STOPPED',
    })
    expect(settle(task, IDLE, NOW).knownStatus).not.toBe('STOPPED')
  })

  it('never lowers the status of a task', () => {
    const task = aTaskOf([anEngineContainer({}, running)], { knownStatus: 'STOPPED' })
    expect(settle(task, IDLE, NOW).knownStatus).toBe('STOPPED')
  })
})
