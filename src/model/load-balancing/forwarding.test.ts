import { describe, expect, it } from 'vitest'
import { forwardedGroups, forwardWeight, withShares } from './forwarding.ts'

const forward = (ForwardConfig: object) => [{ Type: 'forward' as const, Order: 2, ForwardConfig }]

const weights = (percent: number) => {
  const shared = withShares([{ Type: 'forward', TargetGroupArn: 'blue' }], 'green', 'blue', percent)
  return [forwardWeight(shared, 'green'), forwardWeight(shared, 'blue')]
}

describe('forward actions', () => {
  it('name target groups in either form', () => {
    expect(forwardedGroups([{ Type: 'forward', TargetGroupArn: 'blue' }])).toEqual(['blue'])
    expect(
      forwardedGroups(forward({ TargetGroups: [{ TargetGroupArn: 'blue' }, { TargetGroupArn: 'green' }] })),
    ).toEqual(['blue', 'green'])
    expect(forwardedGroups([{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }])).toEqual([])
  })

  it('weigh a target group without a weight as one', () => {
    expect(forwardWeight([{ Type: 'forward', TargetGroupArn: 'blue' }], 'blue')).toBe(1)
    expect(forwardWeight(forward({ TargetGroups: [{ TargetGroupArn: 'blue' }] }), 'blue')).toBe(1)
    expect(forwardWeight(forward({ TargetGroups: [{ TargetGroupArn: 'blue' }] }), 'green')).toBe(0)
  })

  it('are shared out in percent, in tenths of it where they have to be', () => {
    expect(weights(0)).toEqual([0, 100])
    expect(weights(5)).toEqual([5, 95])
    expect(weights(0.1)).toEqual([1, 999])
    expect(weights(33.3)).toEqual([333, 667])
    expect(weights(100)).toEqual([100, 0])
  })

  it('keep what else is said of them, and of other actions', () => {
    const stickiness = { Enabled: true, DurationSeconds: 60 }
    const login = { Type: 'authenticate-oidc' as const, Order: 1 }
    const shared = withShares(
      [login, ...forward({ TargetGroups: [], TargetGroupStickinessConfig: stickiness })],
      'green',
      'blue',
      10,
    )
    expect(shared).toMatchObject([login, { Order: 2, ForwardConfig: { TargetGroupStickinessConfig: stickiness } }])
  })
})
