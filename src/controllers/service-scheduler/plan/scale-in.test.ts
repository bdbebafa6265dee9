import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aTaskFacts, SETTLING_MS } from '../../../../test/builders/a-task-group.ts'
import { scaleInOrder } from './scale-in.ts'
import { notionsAt } from './task-notions.ts'
import type { TaskFacts } from './types.ts'

const NOW = 1_000_000
const is = notionsAt(SETTLING_MS, NOW)

const order = (tasks: readonly TaskFacts[], count = tasks.length, leads: [string, number][] = []): string =>
  scaleInOrder({ candidates: tasks, counted: tasks, leads: new Map(leads), is }, count)
    .map(({ taskId }) => taskId)
    .join('')

const inZones = (...zones: string[]): TaskFacts[] =>
  zones.map((availabilityZone, index) => aTaskFacts('abcdefgh'.charAt(index), { availabilityZone }))

describe('when tasks are taken', () => {
  it('those go first that serve nobody yet, then those that are not known to be healthy', () => {
    const tasks = [
      aTaskFacts('a'),
      aTaskFacts('b', { startedAt: NOW - 1 }),
      aTaskFacts('c', { status: 'starting' }),
      aTaskFacts('d', { health: 'UNKNOWN' }),
    ]
    expect(order(tasks, 3)).toBe('cdb')
  })

  it('they come from the zone that has the most, again and again', () => {
    expect(order(inZones('x', 'y', 'y', 'y', 'x'), 3)).toBe('dec')
  })

  it('they come from the instance with the most tasks of the zone', () => {
    const on = (taskId: string, containerInstanceId: string): TaskFacts => aTaskFacts(taskId, { containerInstanceId })
    expect(order([on('a', 'one'), on('b', 'two'), on('c', 'one'), on('d', 'three')], 1)).toBe('c')
  })

  it('the youngest go first among equals, and ids decide between twins', () => {
    const at = (taskId: string, createdAt: number): TaskFacts => aTaskFacts(taskId, { createdAt })
    expect(order([at('a', 2), at('b', 3), at('c', 1), at('d', 3)])).toBe('dbac')
  })

  it('capacity providers that are ahead of their share give first, as many as they are ahead', () => {
    const of = (taskId: string, capacityProviderName: string): TaskFacts => aTaskFacts(taskId, { capacityProviderName })
    const tasks = [of('a', 'one'), of('b', 'one'), of('c', 'two'), of('d', 'two')]
    expect(order(tasks, 2, [['one', 2]])).toBe('ba')
    expect(
      order(tasks, 2, [
        ['one', 1],
        ['two', 1],
      ]),
    ).toBe('db')
  })

  it('no more go than there are', () => {
    expect(order(inZones('x', 'y'), 5)).toBe('ba')
  })
})

describe('the order of many', () => {
  const anyTask = fc.record({
    status: fc.constantFrom('starting' as const, 'running' as const),
    createdAt: fc.nat(4),
    containerInstanceId: fc.constantFrom('one', 'two', 'three'),
    availabilityZone: fc.constantFrom('x', 'y'),
    capacityProviderName: fc.constantFrom('p', 'q'),
  })

  it('is that in which the first of those that are left is taken, again and again', () => {
    const anyLeads = fc.tuple(fc.integer({ min: -2, max: 4 }), fc.integer({ min: -2, max: 4 }))
    fc.assert(
      fc.property(fc.array(anyTask, { maxLength: 14 }), anyLeads, (given, [p, q]) => {
        const tasks = given.map((members, index) => aTaskFacts('abcdefghijklmn'.charAt(index), members))
        let left = tasks
        let [leadOfP, leadOfQ] = [p, q]
        let oneByOne = ''
        while (left.length > 0) {
          const next = order(left, 1, [
            ['p', leadOfP],
            ['q', leadOfQ],
          ])
          const taken = left.find(({ taskId }) => taskId === next)
          if (taken?.capacityProviderName === 'p') leadOfP--
          else leadOfQ--
          oneByOne += next
          left = left.filter((task) => task !== taken)
        }
        const leads: [string, number][] = [
          ['p', p],
          ['q', q],
        ]
        expect(order(tasks, tasks.length, leads)).toBe(oneByOne)
      }),
    )
  })
})
