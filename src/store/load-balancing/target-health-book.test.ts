import { describe, expect, it } from 'vitest'
import { aTargetGroup } from '../../../test/builders/a-load-balancer.ts'
import type { TargetHealthReport } from '../../model/load-balancing/messages.ts'
import { TargetHealthBook } from './target-health-book.ts'

const TARGET = { targetGroupArn: aTargetGroup().targetGroupArn, target: '10.0.0.1:8080' }

type State = TargetHealthReport['state']

/** What is known of a target when these balancers serve it and have said that of it; undefined of one that has said nothing yet. */
const heard = (states: readonly (State | undefined)[]): TargetHealthBook => {
  const book = new TargetHealthBook()
  for (const [index, state] of states.entries()) {
    book.expect(`balancer ${index}`)
    book.serves(`balancer ${index}`)
    if (state !== undefined) book.record(`balancer ${index}`, [{ ...TARGET, state }])
  }
  return book
}

const known = (book: TargetHealthBook): State | undefined => book.get(TARGET.targetGroupArn, TARGET.target)?.state

describe('what balancers say of a target', () => {
  it.each<[readonly (State | undefined)[], State | undefined]>([
    [[], undefined],
    [[undefined], undefined],
    [['healthy'], 'healthy'],
    [['healthy', 'healthy'], 'healthy'],
    [['healthy', 'initial'], 'initial'],
    [['initial', 'unhealthy', 'healthy'], 'unhealthy'],
    // Another load balancer's host, or one in another zone: it sends the target nothing and has nothing to say.
    [['unused', 'healthy'], 'healthy'],
    [['unused', 'unhealthy'], 'unhealthy'],
    [['unused', 'unused'], 'unused'],
    [['healthy', undefined], 'initial'],
    [['unhealthy', undefined], 'unhealthy'],
    [['unused', undefined], 'unused'],
  ])('%j: it is %s', (states, state) => expect(known(heard(states))).toBe(state))

  it('waits for no balancer that serves nothing', () => {
    const book = heard(['healthy'])
    book.expect('another, whose HAProxy does not start')
    expect(known(book)).toBe('healthy')
    book.serves('another, whose HAProxy does not start')
    expect(known(book)).toBe('initial')
  })

  it('is what those say that are left, who are told of again', () => {
    const book = heard(['healthy', undefined])
    const told: readonly TargetHealthReport[][] = []
    book.listen((reports) => (told as TargetHealthReport[][]).push([...reports]))
    book.forgetBalancer('balancer 1')
    expect(known(book)).toBe('healthy')
    expect(told).toEqual([[{ ...TARGET, state: 'healthy' }]])
  })

  it('is not that a target has drained while others may come back, who are told of when they have not', () => {
    const book = new TargetHealthBook()
    book.expectOthers()
    const told: TargetHealthReport[] = []
    book.expect('one')
    book.record('one', [{ ...TARGET, state: 'draining', isDrained: true }])
    book.listen((reports) => told.push(...reports))
    expect(book.isDrained(TARGET.targetGroupArn, TARGET.target)).toBe(false)
    book.expectNoOthers()
    expect(told).toEqual([{ ...TARGET, state: 'draining', isDrained: true }])
    expect(book.isDrained(TARGET.targetGroupArn, TARGET.target)).toBe(true)
  })
})
