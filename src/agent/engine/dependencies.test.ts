import { describe, expect, it } from 'vitest'
import { aTaskOf, anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import type { DependencyCondition } from '../../agentlink/acs-messages.ts'
import { canBeOrdered, dependenciesHold, dependencyError, mayStop, nextDeadline } from './dependencies.ts'
import type { EngineContainer } from './task.ts'

const needing = (condition: DependencyCondition): EngineContainer =>
  anEngineContainer({ name: 'app', dependsOn: [{ containerName: 'base', condition }] })

const base = (progress: Partial<EngineContainer>, startTimeout?: number): EngineContainer =>
  anEngineContainer({ name: 'base', ...(startTimeout && { startTimeout }) }, progress)

const holds = (condition: DependencyCondition, progress: Partial<EngineContainer>): boolean => {
  const app = needing(condition)
  return dependenciesHold(aTaskOf([app, base(progress)]), app)
}

const errorOf = (condition: DependencyCondition, progress: Partial<EngineContainer>, now = 0): string | undefined => {
  const app = needing(condition)
  return dependencyError(aTaskOf([app, base(progress, 10)]), app, now)
}

const RUNNING = { knownStatus: 'RUNNING', startedAt: 1000 } as const
const stopped = (exitCode?: number) =>
  ({ knownStatus: 'STOPPED', startedAt: 1000, ...(exitCode !== undefined && { exitCode }) }) as const

describe('dependencies', () => {
  it('START holds when the dependency runs or has run', () => {
    expect(holds('START', { knownStatus: 'CREATED' })).toBe(false)
    expect(holds('START', RUNNING)).toBe(true)
    expect(holds('START', stopped(1))).toBe(true)
  })

  it('COMPLETE holds when it has exited, SUCCESS when with 0', () => {
    expect(holds('COMPLETE', RUNNING)).toBe(false)
    expect(holds('COMPLETE', stopped(1))).toBe(true)
    expect(holds('SUCCESS', stopped(1))).toBe(false)
    expect(holds('SUCCESS', stopped(0))).toBe(true)
  })

  it('HEALTHY holds while it is', () => {
    const healthy = { status: 'HEALTHY', since: 0, output: '' } as const
    expect(holds('HEALTHY', RUNNING)).toBe(false)
    expect(holds('HEALTHY', { ...RUNNING, health: healthy })).toBe(true)
    expect(holds('HEALTHY', { ...stopped(0), health: healthy })).toBe(false)
  })

  it('fail for good when they can never hold', () => {
    expect(errorOf('START', { knownStatus: 'STOPPED' })).toMatch(/because dependency will never start$/)
    expect(errorOf('SUCCESS', stopped(2))).toMatch(/as dependency did not exit successfully\.$/)
    expect(errorOf('HEALTHY', stopped(0))).toMatch(/stopped before it was healthy$/)
    expect(errorOf('COMPLETE', RUNNING)).toBeUndefined()
  })

  it('fail when the start timeout of the dependency is over, counted from its start', () => {
    expect(errorOf('COMPLETE', RUNNING, 10_999)).toBeUndefined()
    expect(errorOf('COMPLETE', RUNNING, 11_000)).toMatch(/has timed out\.$/)
    expect(errorOf('START', { knownStatus: 'CREATED' }, 99_999)).toBeUndefined()
  })

  it('tell when their time is over', () => {
    const app = needing('SUCCESS')
    expect(nextDeadline(aTaskOf([app, base(RUNNING, 10)]), app)).toBe(11_000)
    expect(nextDeadline(aTaskOf([app, base(RUNNING)]), app)).toBeUndefined()
  })

  it('cannot be ordered in a circle, to nowhere, or by the health of what has no check', () => {
    const on = (name: string, containerName: string, condition: DependencyCondition = 'START') =>
      anEngineContainer({ name, dependsOn: [{ containerName, condition }] })
    expect(canBeOrdered([on('a', 'b'), on('b', 'c'), anEngineContainer({ name: 'c' })])).toBe(true)
    expect(canBeOrdered([on('a', 'b'), on('b', 'a')])).toBe(false)
    expect(canBeOrdered([on('a', 'a')])).toBe(false)
    expect(canBeOrdered([on('a', 'elsewhere')])).toBe(false)
    expect(canBeOrdered([on('a', 'b', 'HEALTHY'), anEngineContainer({ name: 'b' })])).toBe(false)
  })

  it('let a container stop only after those that need it', () => {
    const app = anEngineContainer({ name: 'app', links: ['base'] }, RUNNING)
    expect(mayStop(aTaskOf([app, base(RUNNING)]), base(RUNNING))).toBe(false)
    expect(mayStop(aTaskOf([{ ...app, knownStatus: 'STOPPED' }, base(RUNNING)]), base(RUNNING))).toBe(true)
  })
})
