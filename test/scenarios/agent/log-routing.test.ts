/** Tasks with a log router through the whole agent: what is made before the containers, their order up and down, and what is left. */
import { describe, expect, it } from 'vitest'
import type { PayloadContainer, PayloadTask } from '../../../src/agentlink/acs-messages.ts'
import { aPayloadContainer, aSimulatedContainer } from '../../builders/a-payload-task.ts'
import { aLogRouter, aLogSecret, aRoutedContainer, aRoutedTask } from '../../builders/a-routed-task.ts'
import { AgentWorld, agentWorld } from './agent-world.ts'

const CLEANUP_WAIT_MS = 60_000
const config = { ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '30s' }

const APP = aRoutedContainer({ Name: 'stdout' })
const PLAIN = aPayloadContainer({ name: 'plain', essential: false })
const TASK = aRoutedTask([APP, PLAIN, aLogRouter()])
const ARN = TASK.arn

const aNonEssential = (router: PayloadContainer): PayloadContainer => ({ ...router, essential: false })

const nameOf = (world: AgentWorld, dockerName = ''): string =>
  [...world.agent.tasks()]
    .flatMap(({ containers }) => containers)
    .find((container) => container.dockerName === dockerName)?.definition.name ?? dockerName

/** What happened to containers whose logs are routed and to the router, in order; files are `prepare` and `remove`. */
const record = (world: AgentWorld): string[] => {
  const events: string[] = []
  world.logRouting.onCall = (call, when) => when === 'after' && events.push(call)
  world.runtime.onCall = (call, when) => {
    if (when === 'after' && call !== 'inspect' && call !== 'list') events.push(call)
  }
  return events
}

const deedsOf = (world: AgentWorld, call: string): string[] =>
  world.runtime.deeds
    .map((deed) => deed.split(' '))
    .filter(([made]) => made === call)
    .map(([, dockerName]) => nameOf(world, dockerName))

const runs = async (task: PayloadTask): Promise<AgentWorld> => {
  const world = await agentWorld({ config })
  await world.send(task)
  expect(world.control.statusesOf(task.arn)).toEqual(['RUNNING'])
  return world
}

describe('a task with a log router', () => {
  it('has its files before its first container, and none after its last', async () => {
    const world = await agentWorld({ config })
    const events = record(world)
    await world.send(TASK)
    expect(events[0]).toBe('prepare')
    await world.stop(ARN)
    expect(world.logRouting.prepared).toEqual(new Set([ARN]))
    await world.advance(CLEANUP_WAIT_MS)
    expect(events.slice(-4)).toEqual(['remove', 'remove', 'remove', 'remove'])
    expect(world.logRouting.prepared).toEqual(new Set())
    expect([...world.agent.tasks()]).toEqual([])
  })

  it('starts the router before what it routes, and stops it after', async () => {
    const world = await runs(TASK)
    const started = deedsOf(world, 'start')
    expect(started.indexOf('log_router')).toBeLessThan(started.indexOf('app'))
    world.runtime.hang('stop')
    await world.stop(ARN)
    expect(world.container(ARN, 'log_router').desiredStatus).toBe('STOPPED')
    world.runtime.release('stop')
    await world.rest()
    const stopped = deedsOf(world, 'stop')
    expect(stopped.indexOf('app')).toBeLessThan(stopped.indexOf('log_router'))
  })

  it('ends with its router where that is essential', async () => {
    const world = await runs(TASK)
    world.runtime.exit(world.container(ARN, 'log_router').dockerName, 1)
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
    expect(world.control.entriesOf(ARN, 'log_router').at(-1)).toMatchObject({ status: 'STOPPED', exitCode: 1 })
  })

  it('runs on without its router where that is not', async () => {
    const world = await runs(aRoutedTask([APP, aNonEssential(aLogRouter())]))
    world.runtime.exit(world.container(ARN, 'log_router').dockerName, 1)
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    expect(world.container(ARN).knownStatus).toBe('RUNNING')
    await world.stop(ARN)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('never starts what is routed where the router does not start', async () => {
    const world = await agentWorld({ config })
    world.runtime.failNext('start', 'refused', 'no such program')
    await world.send(aRoutedTask([APP, aLogRouter()]))
    expect(deedsOf(world, 'create')).toEqual(['log_router'])
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
  })

  it('stops without any container where its files cannot be', async () => {
    const world = await agentWorld({ config })
    world.logRouting.failure = new Error('unable to generate firelens config file: no space left on device')
    await world.send(TASK)
    expect(world.runtime.deeds).toEqual([])
    expect(world.control.reports.at(-1)).toMatchObject({
      status: 'STOPPED',
      reason: 'unable to generate firelens config file: no space left on device',
    })
    await world.advance(CLEANUP_WAIT_MS)
    expect([...world.agent.tasks()]).toEqual([])
  })

  it('gives the secrets of its outputs to the router alone', async () => {
    const world = await agentWorld({ config })
    world.control.secrets.parameterValues.set('/log/apikey', 'hunter2')
    const executionRoleCredentials = {
      credentialsId: 'execution-1',
      roleArn: 'arn:aws:iam::000000000000:role/execution',
      accessKeyId: 'ASIAEXECUTION',
      secretAccessKey: 'key',
      sessionToken: 'token',
      expiration: '2026-01-01T06:00:00Z',
    }
    const app = { ...APP, secrets: [aLogSecret('apikey')] }
    await world.send(aRoutedTask([app, aLogRouter()], { executionRoleCredentials }))
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    const bodyOf = (name: string) => world.runtime.bodies.get(world.container(ARN, name).dockerName)
    expect(bodyOf('log_router')?.['Env']).toEqual(['apikey_0=hunter2'])
    expect(JSON.stringify(bodyOf('app'))).not.toContain('hunter2')
    expect(JSON.stringify([world.checkpoint.load(), ...world.agent.tasks()])).not.toContain('hunter2')
  })
})

const ENDS = aRoutedTask([aSimulatedContainer({ 'exit-after-seconds': '1' }, { name: 'short' }), APP, aLogRouter()], {
  arn: TASK.arn.replace('0123', 'abcd'),
  family: 'ends',
})

/** One task stays, another ends and is cleaned up. */
const play = async (world: AgentWorld): Promise<void> => {
  const isOver = (arn: string): boolean => world.control.statusesOf(arn).includes('STOPPED')
  for (let times = 0; times < 2; times++) await world.send(...[TASK, ENDS].filter(({ arn }) => !isOver(arn)))
  await world.advance(2000)
  await world.advance(CLEANUP_WAIT_MS)
}

/** Kills the agent at the n-th boundary of a call. False if there is no such boundary. */
const crashAt = async (world: AgentWorld, boundary: number): Promise<boolean> => {
  let [count, isKilled] = [0, false]
  const onCall = (_call: string, when: 'before' | 'after'): void => {
    if (++count !== boundary) return
    isKilled = true
    world.kill()
    if (when === 'before') throw new Error('killed')
  }
  world.runtime.onCall = onCall
  world.logRouting.onCall = onCall
  await world.start()
  await play(world)
  world.runtime.onCall = () => {}
  world.logRouting.onCall = () => {}
  if (isKilled) await world.restart()
  return isKilled
}

describe('an agent killed at any boundary', () => {
  it('has the files of the tasks that there are, and no others', async () => {
    let boundary = 0
    for (;;) {
      const world = new AgentWorld({ seed: ++boundary, config })
      const isKilled = await crashAt(world, boundary)
      await play(world)
      const starts = deedsOf(world, 'start').filter((name) => name === 'app' || name === 'log_router')
      expect({ boundary, prepared: [...world.logRouting.prepared], starts: starts.toSorted() }).toEqual({
        boundary,
        prepared: [ARN],
        starts: ['app', 'log_router'],
      })
      expect([ARN, ENDS.arn].map((arn) => world.control.statusesOf(arn).at(-1))).toEqual(['RUNNING', 'STOPPED'])
      if (!isKilled) break
    }
    expect(boundary).toBeGreaterThan(30)
  })
})
