import { expect, it } from 'vitest'
import { aTaskFacts } from '../../../../test/builders/a-task-group.ts'
import type { TaskFacts } from './types.ts'
import { moveNewcomer, zoneMove } from './zones.ts'

const inZones = (...zones: string[]): TaskFacts[] =>
  zones.map((availabilityZone, index) => aTaskFacts(`t${index}`, { availabilityZone, createdAt: index }))

it('a task moves from the fullest zone to the emptiest if there are two tasks between them', () => {
  expect(zoneMove(inZones('x', 'x', 'x', 'y'), ['z', 'y', 'x'])).toEqual({ from: new Set(['x']), to: 'z' })
  expect(zoneMove(inZones('x', 'x', 'y', 'y'), ['x', 'y', 'z'])).toEqual({ from: new Set(['x', 'y']), to: 'z' })
})

it('nothing moves where zones are as even as can be, or are not to be even', () => {
  expect(zoneMove(inZones('x', 'x', 'y'), ['x', 'y'])).toBeUndefined()
  expect(zoneMove(inZones('x', 'x', 'x'), ['x'])).toBeUndefined()
  expect(zoneMove(inZones('x', 'x', 'x'), [])).toBeUndefined()
})

it('tasks leave a zone that cannot take any more', () => {
  expect(zoneMove(inZones('lost', 'lost', 'x'), ['x', 'y'])).toEqual({ from: new Set(['lost']), to: 'y' })
})

it('the youngest task is known to have been started for a move', () => {
  const tasks = inZones('x', 'x', 'x', 'y')
  expect(moveNewcomer(tasks, ['x', 'y'])).toBe(tasks[3])
  expect(moveNewcomer(inZones('x', 'x', 'y', 'x'), ['x', 'y'])).toBeUndefined()
  expect(moveNewcomer(inZones('x', 'x', 'y', 'y'), ['x', 'y'])).toBeUndefined()
  expect(moveNewcomer([], ['x', 'y'])).toBeUndefined()
})
