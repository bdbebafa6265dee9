/** Tasks of services that find no place: what is said of it, and what brings them there after all. */
import { describe, expect, it } from 'vitest'
import { world } from '../../world.ts'
import { aContainer, register } from '../control-plane/run-task.ts'
import { create, MINUTE_MS, messages, running, SECOND_MS, spread, wanted } from './services.ts'

const MORE = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'
const UNPLACED = '(service web) was unable to place a task because no container instance met all of its requirements.'

describe('a service without instances', () => {
  it('says so once, and starts its tasks as soon as there is one', async () => {
    const w = await world({ agents: 0 })
    await register(w)
    await create(w)
    await w.advance(10 * MINUTE_MS)
    const said = (await messages(w)).filter((message) => message.includes('unable'))
    expect(said).toEqual([`${UNPLACED} Reason: No Container Instances were found in your cluster. ${MORE}`])
    await w.addAgent()
    await w.advance(2 * SECOND_MS)
    expect(await running(w)).toHaveLength(3)
  })
})

describe('a service that wants more than there is', () => {
  it('places what it can, says what is missing, and places the rest when room comes', async () => {
    const w = await world()
    await register(w, aContainer({ portMappings: [{ containerPort: 80, hostPort: 80 }] }))
    const { tasks = [] } = await w.call('RunTask', { taskDefinition: 'web', launchType: 'EC2' })
    await create(w, { desiredCount: 1 })
    await w.advance(MINUTE_MS)
    expect(await wanted(w)).toHaveLength(0)
    expect((await messages(w)).at(-1)).toBe(
      `${UNPLACED} The closest matching (container-instance ${w.agents[0]!.containerInstanceId}) is already using a port required by your task. ${MORE}`,
    )
    await w.call('StopTask', { task: tasks[0]!.taskArn })
    await w.advance(2 * SECOND_MS)
    expect(await running(w)).toHaveLength(1)
  })

  it('does not believe in instances without agent', async () => {
    const w = await world()
    await register(w)
    w.agents[0]!.wire.cut()
    await w.advance(SECOND_MS)
    await create(w)
    await w.advance(SECOND_MS)
    expect((await messages(w)).at(-1)).toBe(
      `${UNPLACED} The closest matching (container-instance ${w.agents[0]!.containerInstanceId}) encountered error "AGENT". ${MORE}`,
    )
    w.agents[0]!.wire.mend()
    await w.advance(2 * MINUTE_MS)
    expect(await running(w)).toHaveLength(3)
  })
})

describe('a service of many tasks', () => {
  it('is started in portions, all of which are said', async () => {
    const w = await world({ agents: 10 })
    await register(w, aContainer({ memory: 6 }))
    await create(w, { desiredCount: 250 })
    await w.advance(10 * SECOND_MS)
    expect(await running(w)).toHaveLength(250)
    const said = (await messages(w)).flatMap((message) => /has started (\d+) tasks/.exec(message)?.[1] ?? [])
    expect(said).toEqual(['100', '100', '50'])
  })
})

describe('Availability Zones', () => {
  const inZone = (zone: string) => ({ ECS_INSTANCE_ATTRIBUTES: JSON.stringify({ 'ecs.availability-zone': zone }) })

  it('get as many tasks each, also when one comes later', async () => {
    const w = await world({ agents: 0 })
    await register(w)
    await w.addAgent(inZone('us-east-1a'))
    await w.addAgent(inZone('us-east-1b'))
    await create(w, { desiredCount: 6 })
    await w.advance(2 * MINUTE_MS)
    expect(await spread(w)).toEqual([3, 3])
    await w.addAgent(inZone('us-east-1c'))
    await w.advance(10 * MINUTE_MS)
    expect(await spread(w)).toEqual([2, 2, 2])
    expect((await messages(w)).filter((message) => message.includes('due to AZ rebalancing'))).not.toEqual([])
    expect((await messages(w)).at(-1)).toBe('(service web) has reached a steady state.')
  })
})
