import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { withPasses } from '../../../test/builders/a-pass.ts'

const MORE = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'
const NONE = '(service web) was unable to place a task because no container instance met all of its requirements.'

describe('tasks that find no place', () => {
  it.each([
    [{ memoryMiB: 1 }, 'has insufficient memory available.'],
    [{ cpuUnits: 1 }, 'has insufficient CPU units available.'],
    [{ agentConnected: false }, 'encountered error "AGENT".'],
  ])('are explained by the closest instance: %o', async (instance, words) => {
    const { pass, said } = await withPasses({
      instances: [aContainerInstance({ containerInstanceId: 'i1', ...instance })],
    })
    expect(await pass()).toMatchObject({ isBlocked: true, startedCount: 0 })
    await pass()
    expect(said().at(-1)).toBe(`${NONE} The closest matching (container-instance i1) ${words} ${MORE}`)
    expect(said().filter((message) => message.includes('unable'))).toHaveLength(1)
  })

  it('are explained by the instance that passed the most checks', async () => {
    const { pass, said, store } = await withPasses({
      instances: [
        aContainerInstance({ containerInstanceId: 'away', agentConnected: false }),
        aContainerInstance({ containerInstanceId: 'small', memoryMiB: 1 }),
      ],
    })
    await pass()
    expect(said().at(-1)).toContain('(container-instance small) has insufficient memory available.')
    expect([...store.tables.serviceEvents.rows()].at(-1)?.action).toMatchObject({
      eventType: 'ERROR',
      eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
      reason: 'RESOURCE:MEMORY',
      containerInstanceArns: ['arn:aws:ecs:us-east-1:000000000000:container-instance/default/small'],
    })
  })
})
