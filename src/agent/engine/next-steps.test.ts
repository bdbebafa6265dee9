import { describe, expect, it } from 'vitest'
import { aTaskOf, anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import type { Situation } from '../steps/step.ts'
import { nextSteps, nextWakeAt } from './next-steps.ts'
import type { EngineContainer, EngineTask } from './task.ts'

const aSituation = (members: Partial<Situation> = {}): Situation => ({
  now: 0,
  settings: {
    stopTimeoutSeconds: 30,
    createTimeoutSeconds: 240,
    startTimeoutSeconds: 180,
    pullDependentContainersUpfront: false,
    sharedVolumeMatchFullConfig: false,
    cleanupWaitSeconds: 100,
    cleanupJitterSeconds: 10,
    parallelSteps: 8,
    dynamicHostPorts: { first: 1, last: 2 },
  },
  hasLimits: false,
  hasLogRouting: false,
  secrets: { isReady: () => true, mayFetch: () => false },
  busy: new Map(),
  stale: new Set(),
  heldBack: new Map(),
  ...members,
})

const stepsOf = (task: EngineTask, situation?: Partial<Situation>): string[] =>
  nextSteps(task, aSituation(situation)).map(({ key, name }) => `${name} ${key}`)

const stepFor = (progress: Partial<EngineContainer>, situation?: Partial<Situation>): string[] =>
  stepsOf(aTaskOf([anEngineContainer({}, progress)]), situation)

describe('the next steps of a task', () => {
  it('lead a container up one status at a time', () => {
    expect(stepFor({})).toEqual(['pull-image app'])
    expect(stepFor({ knownStatus: 'PULLED' })).toEqual(['create-container app'])
    expect(stepFor({ knownStatus: 'CREATED' })).toEqual(['start-container app'])
    expect(stepFor({ knownStatus: 'RUNNING' })).toEqual([])
  })

  it('wait for the host', () => {
    expect(stepsOf(aTaskOf([anEngineContainer()], { resources: 'WAITING' }))).toEqual([])
  })

  it('are taken for all containers at once', () => {
    expect(stepsOf(aTaskOf([anEngineContainer({ name: 'a' }), anEngineContainer({ name: 'b' })]))).toEqual([
      'pull-image a',
      'pull-image b',
    ])
  })

  it('leave alone what is being worked on or has just failed', () => {
    expect(stepFor({}, { busy: new Map([['app', 'pull-image']]) })).toEqual([])
    expect(stepFor({}, { heldBack: new Map([['app', 5]]) })).toEqual([])
    expect(stepFor({}, { now: 5, heldBack: new Map([['app', 5]]) })).toEqual(['pull-image app'])
  })

  it('look first where something was heard', () => {
    expect(stepFor({ knownStatus: 'CREATED' }, { stale: new Set(['app']) })).toEqual(['inspect-container app'])
  })

  it('never start what may have been started', () => {
    expect(stepFor({ knownStatus: 'CREATED', startUncertain: true })).toEqual([])
  })

  it('stop what runs and is to be stopped', () => {
    expect(stepFor({ knownStatus: 'RUNNING', desiredStatus: 'STOPPED' })).toEqual(['stop-container app'])
    expect(stepFor({ knownStatus: 'CREATED', desiredStatus: 'STOPPED', startUncertain: true })).toEqual([
      'stop-container app',
    ])
  })

  it('pull dependent containers up front only where that is asked for', () => {
    const task = aTaskOf([
      anEngineContainer({ name: 'a', dependsOn: [{ containerName: 'b', condition: 'START' }] }),
      anEngineContainer({ name: 'b' }, { knownStatus: 'PULLED' }),
    ])
    expect(stepsOf(task)).toEqual(['create-container b'])
    const settings = { ...aSituation().settings, pullDependentContainersUpfront: true }
    expect(stepsOf(task, { settings })).toEqual(['pull-image a', 'create-container b'])
  })

  it('set limits of the task before its first container, where there are any', () => {
    const task = aTaskOf([anEngineContainer({}, { knownStatus: 'PULLED' })])
    expect(stepsOf(task, { hasLimits: true })).toEqual(['limit-task task:'])
    expect(stepsOf({ ...task, limits: 'APPLIED' }, { hasLimits: true })).toEqual(['create-container app'])
  })

  it('clean up after the wait and not before the control plane knows', () => {
    const task = aTaskOf([anEngineContainer({}, { knownStatus: 'STOPPED', desiredStatus: 'STOPPED' })], {
      knownStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stoppedAt: 0,
      jitter: 0.5,
    })
    expect(stepsOf(task, { now: 1e9 })).toEqual([])
    const told = { ...task, sentStatus: 'STOPPED' as const }
    expect(nextWakeAt(told, aSituation())).toBe(105_000)
    expect(stepsOf(told, { now: 104_999 })).toEqual([])
    expect(stepsOf(told, { now: 105_000 })).toEqual(['remove-container app'])
  })
})
