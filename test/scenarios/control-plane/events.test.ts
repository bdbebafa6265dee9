/** What EventBridge would hear of the life of a service, from its creation on a real agent to the end of its tasks. */
import { describe, expect, it } from 'vitest'
import { SeededIds } from '../../../src/kit/ids.ts'
import { silentLog } from '../../../src/kit/log.ts'
import type { EcsEvent } from '../../../src/services/ecs/event-feed/event.ts'
import { EventFeed } from '../../../src/services/ecs/event-feed/event-feed.ts'
import { world, type World } from '../../world.ts'

const eventsOf = (within: World): EcsEvent[] => {
  const events: EcsEvent[] = []
  const { store, clock } = within
  new EventFeed({ store, clock, ids: new SeededIds(7), log: silentLog }).subscribe((event) => events.push(event))
  return events
}

const namesOf = (events: readonly EcsEvent[], type: string): unknown[] =>
  events.filter((event) => event['detail-type'] === type).map(({ detail }) => detail['eventName'])

describe('the events of a service', () => {
  it('tell its deployment, its tasks and its steady state, in the order of what happened', async () => {
    const here = await world()
    const events = eventsOf(here)
    const containerDefinitions = [{ name: 'app', image: 'any', memory: 64 }]
    await here.call('RegisterTaskDefinition', { family: 'web', containerDefinitions })
    await here.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 1 })
    await here.advance(60_000)
    expect(namesOf(events, 'ECS Deployment State Change')).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ])
    expect(namesOf(events, 'ECS Service Action')).toContain('SERVICE_STEADY_STATE')
    const tasks = events.filter((event) => event['detail-type'] === 'ECS Task State Change')
    const statuses = tasks.map(({ detail }) => detail['lastStatus'])
    expect([statuses[0], statuses.at(-1)]).toEqual(['PENDING', 'RUNNING'])
    const versions = tasks.map(({ detail }) => Number(detail['version']))
    expect(versions).toEqual(Array.from(versions, (_, index) => (versions[0] ?? 0) + index))
    const taskIsRunning = events.findLastIndex(({ detail }) => detail['lastStatus'] === 'RUNNING')
    expect(events.findIndex(({ detail }) => detail['eventName'] === 'SERVICE_STEADY_STATE')).toBeGreaterThan(
      taskIsRunning,
    )
  })

  it('tell why tasks are not placed', async () => {
    const here = await world({ agents: 0 })
    const events = eventsOf(here)
    const containerDefinitions = [{ name: 'app', image: 'any', memory: 64 }]
    await here.call('RegisterTaskDefinition', { family: 'web', containerDefinitions })
    await here.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 1 })
    await here.advance(60_000)
    const failure = events.find(({ detail }) => detail['eventName'] === 'SERVICE_TASK_PLACEMENT_FAILURE')
    expect(failure).toMatchObject({
      'detail-type': 'ECS Service Action',
      resources: ['arn:aws:ecs:us-east-1:000000000000:service/default/web'],
      detail: { eventType: 'ERROR', clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default' },
    })
  })
})
