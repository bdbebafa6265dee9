import { describe, expect, it } from 'vitest'
import type { RevisionLoadBalancer } from '../service-records.ts'
import { otherGroupOf, resolveGroups, targetGroupOf } from './revision-groups.ts'

const port = (given: Partial<RevisionLoadBalancer> = {}): RevisionLoadBalancer => ({
  targetGroupArn: 'blue',
  containerName: 'app',
  containerPort: 80,
  advancedConfiguration: { alternateTargetGroupArn: 'green', productionListenerRule: 'rule', roleArn: 'role' },
  ...given,
})

const next = (predecessor: readonly RevisionLoadBalancer[], isShifting = true): string | undefined => {
  const [resolved] = resolveGroups([port()], predecessor, isShifting)
  return resolved && targetGroupOf(resolved)
}

describe('the target group of a revision', () => {
  it('is the first of its two where nobody has traffic yet', () => {
    expect(next([])).toBe('blue')
    expect(next([port({ targetGroupArn: 'other', advancedConfiguration: {} })])).toBe('blue')
  })

  it('is the one that its predecessor does not have, where traffic is shifted', () => {
    expect(next([port()])).toBe('green')
    expect(next([port({ resolvedTargetGroupArn: 'green' })])).toBe('blue')
  })

  it('is that of its predecessor, where tasks take the place of others', () => {
    expect(next([port({ resolvedTargetGroupArn: 'green' })], false)).toBe('green')
    expect(next([port()], false)).toBe('blue')
  })

  it('follows the group, whichever way round the two are named', () => {
    const swapped = port({ targetGroupArn: 'green', advancedConfiguration: { alternateTargetGroupArn: 'blue' } })
    expect(next([swapped])).toBe('blue')
  })

  it('is the only one without a second', () => {
    const { advancedConfiguration: _none, ...single } = port()
    expect(resolveGroups([single], [single], true)).toEqual([single])
    expect(otherGroupOf(single)).toBeUndefined()
    expect(otherGroupOf(port({ resolvedTargetGroupArn: 'green' }))).toBe('blue')
  })
})
