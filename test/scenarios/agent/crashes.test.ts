/**
 * The agent is killed at every single call to the runtime, before and after it, and with whatever was not durable lost. Afterwards no
 * container runs that no task owns, none was started twice, and every status is as if nothing had happened.
 */
import { describe, expect, it } from 'vitest'
import { aPayloadContainer, aPayloadTask, aSimulatedContainer, aTaskArn } from '../../builders/a-payload-task.ts'
import { AgentWorld } from './agent-world.ts'

const STAYS = aTaskArn('stays')
const ENDS = aTaskArn('ends')
const STOPS = aTaskArn('stops')

const TASKS = [
  aPayloadTask({
    arn: STAYS,
    family: 'stays',
    volumes: [{ name: 'scratch', host: {} }],
    containers: [
      aPayloadContainer({ name: 'a' }),
      aPayloadContainer({ name: 'b', dependsOn: [{ containerName: 'a', condition: 'START' }] }),
    ],
  }),
  aPayloadTask({
    arn: ENDS,
    family: 'ends',
    containers: [aSimulatedContainer({ 'exit-after-seconds': '1', 'exit-code': '3' })],
  }),
  aPayloadTask({ arn: STOPS, family: 'stops' }),
]

const isOver = (world: AgentWorld, arn: string): boolean => world.control.statusesOf(arn).includes('STOPPED')

/** Tasks arrive, one ends, one is stopped. Like the control plane: says again what it has not heard the end of. */
const play = async (world: AgentWorld): Promise<void> => {
  for (let times = 0; times < 2; times++) await world.send(...TASKS.filter(({ arn }) => !isOver(world, arn)))
  await world.advance(2000)
  for (let times = 0; times < 2; times++) if (!isOver(world, STOPS)) await world.stop(STOPS)
}

const settleDown = async (world: AgentWorld): Promise<void> => {
  await play(world)
  await world.advance(60_000)
}

const UNTIL_CLEANED_UP_MS = 60_000
const config = { ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '30s' }

/** Kills the agent at the n-th boundary of a call and lets another one take over. False if there is no such boundary. */
const crashAt = async (world: AgentWorld, boundary: number): Promise<boolean> => {
  let count = 0
  let isKilled = false
  world.runtime.onCall = (_call, when) => {
    if (++count !== boundary) return
    isKilled = true
    world.kill()
    if (when === 'before') throw new Error('killed')
  }
  await world.start()
  await play(world)
  await world.advance(UNTIL_CLEANED_UP_MS)
  world.runtime.onCall = () => {}
  if (isKilled) await world.restart()
  return isKilled
}

describe('an agent killed at any boundary', () => {
  it('leaves nothing orphaned and runs nothing twice', async () => {
    let boundary = 0
    for (;;) {
      const world = new AgentWorld({ seed: ++boundary, config })
      const isKilled = await crashAt(world, boundary)
      await settleDown(world)
      expect({ boundary, ...(await outcomeOf(world)) }).toEqual({ boundary, ...AS_IF_NOTHING_HAPPENED })
      if (!isKilled) break
    }
    expect(boundary).toBeGreaterThan(30)
  })
})

const AS_IF_NOTHING_HAPPENED = {
  ownedByNoTask: [],
  starts: { 'ecs-stays-1-a': 1, 'ecs-stays-1-b': 1, 'ecs-ends-1-app': 1, 'ecs-stops-1-app': 1 },
  known: 'RUNNING',
  reported: ['RUNNING', 'STOPPED', 'STOPPED'],
}

const outcomeOf = async (world: AgentWorld) => {
  const known = new Set([...world.agent.tasks()].flatMap((task) => task.containers).map(({ dockerName }) => dockerName))
  const starts = Object.keys(AS_IF_NOTHING_HAPPENED.starts).map((prefix) => [
    prefix,
    world.runtime.deeds.filter((deed) => deed.startsWith(`start ${prefix}`)).length,
  ])
  return {
    ownedByNoTask: (await world.runtime.containers()).filter(({ name }) => !known.has(name)),
    starts: Object.fromEntries(starts) as object,
    known: world.task(STAYS).knownStatus,
    reported: [STAYS, ENDS, STOPS].map((arn) => world.control.statusesOf(arn).at(-1)),
  }
}
