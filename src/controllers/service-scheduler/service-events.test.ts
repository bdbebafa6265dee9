import { describe, expect, it } from 'vitest'
import { aService } from '../../../test/builders/a-service.ts'
import { seeded } from '../../../test/seeded.ts'
import { SERVICE_EVENT_REPEAT_MS, TASKS_PER_SERVICE_EVENT } from '../../model/limits.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import { listTasks, serviceAction, ServiceEvents } from './service-events.ts'

const speaker = async (given: Partial<ServiceRecord> = {}) => {
  const service = aService(given)
  const { store, ids, clock } = await seeded({ services: [service] })
  const speak = (work: (events: ServiceEvents) => void) =>
    store.transact((tx) => work(new ServiceEvents({ tx, ids, service, now: clock.now() })))
  const said = () => store.tables.serviceEvents.find('byService', service.serviceArn).map(({ message }) => message)
  return { clock, speak, said }
}

const full = (reason: string) => serviceAction('ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', { reason })

describe('ServiceEvents', () => {
  it('keeps the last hundred', async () => {
    const { speak, said } = await speaker()
    await speak((events) => {
      for (let number = 0; number < 105; number++) events.say(`number ${number}`)
    })
    expect(said()).toHaveLength(100)
    expect(said()[0]).toBe('(service web) number 5')
  })

  it('names the task set where somebody else deploys', async () => {
    const { speak, said } = await speaker({ deploymentController: 'EXTERNAL' })
    await speak((events) => events.say('is there.', undefined, 'ecs-svc/1'))
    expect(said()).toEqual(['(service web, taskSet ecs-svc/1) is there.'])
  })

  it('does not repeat itself before something happened, or six hours have passed', async () => {
    const { clock, speak, said } = await speaker()
    const complain = () => speak((events) => events.sayOnce('is stuck.'))
    await complain()
    await complain()
    expect(said()).toHaveLength(1)
    await speak((events) => events.say('has started 1 tasks: (task a).'))
    await complain()
    expect(said()).toHaveLength(3)
    await clock.advance(SERVICE_EVENT_REPEAT_MS)
    await complain()
    expect(said()).toHaveLength(4)
  })

  it('takes events of one name and reason for the same, whatever instance they speak of', async () => {
    const { speak, said } = await speaker()
    await speak((events) => events.sayOnce('no memory on a.', full('RESOURCE:MEMORY')))
    await speak((events) => events.sayOnce('no memory on b.', full('RESOURCE:MEMORY')))
    await speak((events) => events.sayOnce('no CPU on a.', full('RESOURCE:CPU')))
    expect(said()).toEqual(['(service web) no memory on a.', '(service web) no CPU on a.'])
  })
})

describe('listTasks', () => {
  it('lists the first of many', () => {
    expect(listTasks(['a', 'b'])).toBe('(task a) (task b)')
    const many = Array.from({ length: TASKS_PER_SERVICE_EVENT + 1 }, (_, index) => `t${index}`)
    expect(listTasks(many)).toMatch(/^\(task t0\) .*\(task t24\) \.\.\.$/)
  })
})
