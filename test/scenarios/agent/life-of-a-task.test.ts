/** What happens to tasks from payload to clean-up, through the whole agent. */
import { describe, expect, it } from 'vitest'
import type { PayloadTask } from '../../../src/agentlink/acs-messages.ts'
import { aPayloadContainer, aPayloadTask, aSimulatedContainer, aTaskArn } from '../../builders/a-payload-task.ts'
import { agentWorld } from './agent-world.ts'

const ARN = aTaskArn('0123')
const HOUR = 3_600_000

describe('the life of a task', () => {
  it('runs, is reported, stops on demand and is cleaned up', async () => {
    const world = await agentWorld()
    await world.send(
      aPayloadTask({ containers: [aPayloadContainer({ portMappings: [{ containerPort: 80, protocol: 'tcp' }] })] }),
    )
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    const [running] = world.control.entriesOf(ARN, 'app')
    expect(running).toMatchObject({ status: 'RUNNING', runtimeId: world.container(ARN).dockerId })
    expect(running?.networkBindings).toEqual([
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' },
    ])

    await world.stop(ARN)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({ status: 'STOPPED', exitCode: 143 })

    await world.advance(3 * HOUR + 1000)
    expect(await world.runtime.containers()).toEqual([])
    expect([...world.agent.tasks()]).toEqual([])
    expect(world.checkpoint.load().tasks).toEqual([])
  })

  it('acknowledges a payload only when it is durable', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    expect(world.control.acs).toContainEqual({
      type: 'AckRequest',
      message: expect.objectContaining({ messageId: 'payload-1' }) as unknown,
    })
  })

  it('runs a task once however often it is delivered', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    await world.send(aPayloadTask())
    await world.send(aPayloadTask(), aPayloadTask())
    expect(await world.runtime.containers()).toHaveLength(1)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })

  it('never takes a stop back', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    await world.stop(ARN)
    await world.send(aPayloadTask())
    expect(world.task(ARN).desiredStatus).toBe('STOPPED')
    expect(world.runtime.startsOf(world.container(ARN).dockerName)).toBe(1)
  })

  it('reports RUNNING and STOPPED of a container that is over at once', async () => {
    const world = await agentWorld()
    await world.send(
      aPayloadTask({ containers: [aSimulatedContainer({ 'exit-after-seconds': '0', 'exit-code': '7' })] }),
    )
    await world.advance(1)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
    expect(world.control.entriesOf(ARN, 'app').map(({ status, exitCode }) => [status, exitCode])).toEqual([
      ['RUNNING', undefined],
      ['STOPPED', 7],
    ])
  })

  it('stops the whole task when an essential container exits', async () => {
    const world = await agentWorld()
    await world.send(
      aPayloadTask({
        containers: [
          aSimulatedContainer({ 'exit-after-seconds': '5', 'exit-code': '7' }, { name: 'a' }),
          aPayloadContainer({ name: 'b' }),
        ],
      }),
    )
    await world.advance(5000)
    const last = world.control.reports.at(-1)
    expect(last).toMatchObject({ status: 'STOPPED', reason: '' })
    expect(last?.containers).toEqual([
      expect.objectContaining({ containerName: 'a', exitCode: 7 }),
      expect.objectContaining({ containerName: 'b', exitCode: 143 }),
    ])
    expect(last?.executionStoppedAt).toEqual(new Date(world.clock.now()))
  })

  it('lets the task run on when another container exits, and tells it with the next batch', async () => {
    const world = await agentWorld()
    await world.send(
      aPayloadTask({
        containers: [
          aPayloadContainer({ name: 'a' }),
          aSimulatedContainer({ 'exit-after-seconds': '5' }, { name: 'b', essential: false }),
        ],
      }),
    )
    await world.advance(5000)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    await world.advance(30_000)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'RUNNING'])
    expect(world.control.reports[1]?.containers).toEqual([
      expect.objectContaining({ containerName: 'b', status: 'STOPPED', exitCode: 0 }),
    ])
  })

  it('kills what ignores the stop signal after its stop timeout', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [aSimulatedContainer({ 'ignore-stop': 'true' }, { stopTimeout: 9 })] }))
    await world.stop(ARN)
    await world.advance(8999)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    await world.advance(1)
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({ status: 'STOPPED', exitCode: 137 })
  })

  it('waits the configured time for what has no stop timeout of its own', async () => {
    const world = await agentWorld({ config: { ECS_CONTAINER_STOP_TIMEOUT: '12s' } })
    await world.send(aPayloadTask({ containers: [aSimulatedContainer({ 'ignore-stop': 'true' })] }))
    await world.stop(ARN)
    await world.advance(11_999)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    await world.advance(1)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('reports a task to be stopped that it never heard of', async () => {
    const world = await agentWorld()
    await world.stop(ARN)
    expect(world.control.reports).toEqual([
      expect.objectContaining({
        status: 'STOPPED',
        reason: "TaskStateError: Agent could not progress task's state to stopped",
      }),
    ])
  })

  it('stops a task before any of its containers was created', async () => {
    const world = await agentWorld()
    world.runtime.hang('list')
    await world.restart()
    await world.send(aPayloadTask())
    await world.stop(ARN)
    world.runtime.release('list')
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
    expect(world.control.entriesOf(ARN, 'app')).toEqual([
      { containerName: 'app', status: 'STOPPED', networkBindings: [] },
    ])
    expect(world.runtime.deeds).toEqual([])
  })
})

describe('failures of containers', () => {
  it('tells that an image cannot be pulled, at once', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [aSimulatedContainer({ 'fail-pull': 'no such image' })] }))
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
    expect(world.control.entriesOf(ARN, 'app')[0]).toMatchObject({ reason: 'CannotPullContainerError: no such image' })
  })

  it('tells that a container cannot be created', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [aSimulatedContainer({ 'fail-create': 'invalid mount' })] }))
    expect(world.control.entriesOf(ARN, 'app')[0]).toMatchObject({
      reason: 'CannotCreateContainerError: Error response from daemon: invalid mount',
    })
  })

  it('tells that a container cannot be started, without an exit code', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [aSimulatedContainer({ 'fail-start': 'no such file' })] }))
    const [entry] = world.control.entriesOf(ARN, 'app')
    expect(entry).toMatchObject({ reason: 'CannotStartContainerError: Error response from daemon: no such file' })
    expect(entry).not.toHaveProperty('exitCode')
  })

  it('tells that a container ran out of memory', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [aSimulatedContainer({ 'out-of-memory-after-seconds': '2' })] }))
    await world.advance(2000)
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    })
  })

  it('tells that a container vanished', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    await world.runtime.removeBehindTheBack(world.container(ARN).dockerName)
    await world.rest()
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({
      reason: 'ContainerVanishedError: No container matching saved ID found',
    })
  })

  it('tells a create that timed out in the words of ECS', async () => {
    const world = await agentWorld()
    world.runtime.failNext('create', 'timeout', 'no answer')
    await world.send(aPayloadTask())
    expect(world.control.entriesOf(ARN, 'app')[0]).toMatchObject({
      reason: 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
    })
  })

  it('stops a container whose start timed out, in case it runs after all', async () => {
    const world = await agentWorld()
    world.runtime.failNext('start', 'timeout', 'no answer', 'after')
    await world.send(aPayloadTask())
    expect(world.control.statusesOf(ARN).at(-1)).toBe('STOPPED')
    expect(await world.runtime.containers()).toEqual([expect.objectContaining({ status: 'exited' })])
    expect(world.container(ARN).reason).toBe(
      'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s',
    )
  })

  it('reports no stop that did not happen', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    for (let failure = 0; failure < 3; failure++) world.runtime.failNext('stop', 'refused', 'cannot kill')
    await world.stop(ARN)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    await world.advance(20_000)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('stops again what somebody else started again', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    await world.stop(ARN)
    await world.runtime.startBehindTheBack(world.container(ARN).dockerName)
    await world.rest()
    expect(await world.runtime.containers()).toEqual([expect.objectContaining({ status: 'exited' })])
  })
})

describe('tasks that cannot be loaded', () => {
  it('are reported, their payload is not acknowledged, and the others of it run', async () => {
    const world = await agentWorld()
    const broken = aPayloadTask({ arn: aTaskArn('broken'), volumes: [{ name: 'data', type: 'efs' }] })
    await world.send(broken, aPayloadTask())
    expect(world.control.acs).toEqual([])
    expect(world.control.reports).toContainEqual(
      expect.objectContaining({
        task: aTaskArn('broken'),
        status: 'STOPPED',
        reason: 'UnrecogniedTaskError: Error loading task - unrecognized volume type: efs',
      }),
    )
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })

  it('include those that are of no shape at all', async () => {
    const world = await agentWorld()
    const shapeless = { arn: ARN, desiredStatus: 'RUNNING', containers: [{ name: 'app', image: 'i', links: 5 }] }
    await world.send(shapeless as unknown as PayloadTask, aPayloadTask({ arn: aTaskArn('fine') }))
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
    expect(world.control.statusesOf(aTaskArn('fine'))).toEqual(['RUNNING'])
  })

  it('include those whose containers wait for each other in a circle', async () => {
    const world = await agentWorld()
    const needs = (containerName: string) => [{ containerName, condition: 'START' as const }]
    await world.send(
      aPayloadTask({
        containers: [
          aPayloadContainer({ name: 'a', dependsOn: needs('b') }),
          aPayloadContainer({ name: 'b', dependsOn: needs('a') }),
        ],
      }),
    )
    expect(world.control.reports).toEqual([
      expect.objectContaining({
        status: 'STOPPED',
        reason: `Task dependencies cannot be resolved, taskArn: ${ARN}`,
        containers: [],
      }),
    ])
  })
})
