import { describe, expect, it } from 'vitest'
import { PlanMemory, type RememberedPlan } from './plan-memory.ts'

const aPlan = (at: number): RememberedPlan => ({ at, groups: [], isSteady: true })

describe('what the scheduler remembers', () => {
  it('is the last plan of each service', () => {
    const memory = new PlanMemory()
    memory.record('web', aPlan(1))
    memory.record('web', aPlan(2))
    memory.record('api', aPlan(3))
    expect(memory.get('web')?.at).toBe(2)
    expect(memory.get('api')?.at).toBe(3)
    expect(memory.get('other')).toBeUndefined()
  })

  it('keeps what was recorded last when there is too much', () => {
    const memory = new PlanMemory(2)
    memory.record('a', aPlan(1))
    memory.record('b', aPlan(2))
    memory.record('a', aPlan(3))
    memory.record('c', aPlan(4))
    expect(['a', 'b', 'c'].map((name) => memory.get(name)?.at)).toEqual([3, undefined, 4])
  })

  it('forgets a service that is gone', () => {
    const memory = new PlanMemory()
    memory.record('web', aPlan(1))
    memory.forget('web')
    expect(memory.get('web')).toBeUndefined()
  })
})
