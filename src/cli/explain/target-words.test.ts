import { describe, expect, it } from 'vitest'
import type { AwaitedTarget } from './last-plan.ts'
import { targetWords } from './target-words.ts'

const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/blue/73e2d6bc24d8a067'

const target = (index: number, given: Partial<AwaitedTarget> = {}): AwaitedTarget => ({
  taskId: `t${index}`,
  targetGroupArn: GROUP,
  target: `i-1:${32_768 + index}`,
  ...given,
})

describe('targets that a service waits for', () => {
  it('are said with what balancers say of them', () => {
    const unhealthy = { state: 'unhealthy', description: 'Health checks failed with these codes: [503]' }
    expect(targetWords([target(1, unhealthy), target(2, unhealthy), target(3, { state: 'initial' })])).toEqual([
      '2 targets in blue are unhealthy (Health checks failed with these codes: [503]): i-1:32769 of task t1 and i-1:32770 of task t2.',
      '1 target in blue is initial: i-1:32771 of task t3.',
    ])
  })

  it('are said if no balancer has said anything, the first of many', () => {
    expect(targetWords([1, 2, 3, 4, 5].map((index) => target(index)))).toEqual([
      'No balancer has said yet how 5 targets in blue are: i-1:32769 of task t1, i-1:32770 of task t2, i-1:32771 of task t3 and 2 others.',
    ])
    expect(targetWords()).toEqual([])
  })
})
