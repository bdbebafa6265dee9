/** The runtime goes away and comes back, events are lost, the agent is killed, the control plane does not answer. */
import { describe, expect, it } from 'vitest'
import { ControlApiError } from '../../../src/agentlink/control-api-error.ts'
import { aPayloadContainer, aPayloadTask, aSimulatedContainer, aTaskArn } from '../../builders/a-payload-task.ts'
import { agentWorld } from './agent-world.ts'

const ARN = aTaskArn('0123')
const MINUTE = 60_000

describe('while the container runtime does not answer', () => {
  it('reports nothing as stopped, and finds everything as it was', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    world.runtime.goDown()
    await world.advance(10 * MINUTE)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    world.runtime.comeBack()
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    expect(world.runtime.startsOf(world.container(ARN).dockerName)).toBe(1)
  })

  it('takes tasks and starts them afterwards', async () => {
    const world = await agentWorld()
    world.runtime.goDown()
    await world.send(aPayloadTask())
    expect(world.control.acs).toContainEqual(expect.objectContaining({ type: 'AckRequest' }))
    await world.advance(MINUTE)
    expect(world.control.reports).toEqual([])
    world.runtime.comeBack()
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })

  it('sees afterwards what ended meanwhile', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    world.runtime.goDown()
    world.runtime.exit(world.container(ARN).dockerName, 9)
    await world.advance(MINUTE)
    world.runtime.comeBack()
    await world.rest()
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({ status: 'STOPPED', exitCode: 9 })
  })

  it('neither makes nor starts a container twice whose call lost its answer', async () => {
    for (const call of ['create', 'start'] as const) {
      const world = await agentWorld()
      world.runtime.onCall = (made, when) => {
        if (made === call && when === 'after') world.runtime.goDown()
      }
      await world.send(aPayloadTask())
      world.runtime.onCall = () => {}
      await world.advance(MINUTE)
      world.runtime.comeBack()
      await world.rest()
      expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
      expect(world.runtime.deeds.map((deed) => deed.split(' ')[0])).toEqual(['create', 'start'])
    }
  })

  it('stops afterwards what was to be stopped', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    world.runtime.goDown()
    await world.stop(ARN)
    await world.advance(MINUTE)
    world.runtime.comeBack()
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('goes on by itself when a single call found nobody, though the event stream stands', async () => {
    const world = await agentWorld()
    world.runtime.failNext('create', 'unreachable', 'connection refused')
    await world.send(aPayloadTask())
    expect(world.control.reports).toEqual([])
    await world.advance(1000)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })
})

describe('lost events', () => {
  it('are made up for by the next comparison', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    world.runtime.loseEvents(true)
    world.runtime.exit(world.container(ARN).dockerName, 4)
    await world.advance(4 * MINUTE)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    await world.advance(2 * MINUTE)
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({ status: 'STOPPED', exitCode: 4 })
  })
})

describe('an agent that is killed and started again', () => {
  it('adopts its containers without starting or reporting anything again', async () => {
    const world = await agentWorld()
    await world.send(...[1, 2, 3].map((id) => aPayloadTask({ arn: aTaskArn(id) })))
    await world.restart()
    expect(world.runtime.deeds).toHaveLength(6)
    expect(world.control.reports).toHaveLength(3)
    expect(world.control.registrations[1]?.containerInstanceArn).toMatch(/container-instance\/default\/1$/)
  })

  it('sees what ended while it was away', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    const { dockerName } = world.container(ARN)
    world.agent.kill()
    world.runtime.exit(dockerName, 5)
    await world.restart()
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({ status: 'STOPPED', exitCode: 5 })
  })

  it('sends what was not accepted before', async () => {
    const world = await agentWorld()
    world.control.isAway = true
    await world.send(aPayloadTask())
    await world.stop(ARN)
    world.control.isAway = false
    await world.restart()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('removes containers of its own that no task knows, and leaves those of others', async () => {
    const world = await agentWorld()
    const own = { 'longshore.agent': world.checkpoint.load().facts.agentId ?? '' }
    await world.runtime.create('orphan', { Image: 'busybox', Labels: own })
    await world.runtime.create('foreign', { Image: 'busybox', Labels: { 'longshore.agent': 'another' } })
    await world.restart()
    expect((await world.runtime.containers()).map(({ name }) => name)).toEqual(['foreign'])
  })

  it('registers as a new instance when the control plane has forgotten it', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    world.control.instances.clear()
    await world.restart()
    expect(world.control.registrations).toHaveLength(2)
    expect(world.agent.containerInstanceArn).toMatch(/container-instance\/default\/2$/)
    expect(world.checkpoint.load().facts.containerInstanceArn).toBe(world.agent.containerInstanceArn)
  })

  it('does not work for another cluster with the same data', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    await world.agent.stop()
    const other = await agentWorld({ config: { ECS_CLUSTER: 'other' } })
    other.checkpoint.putFact('cluster', world.checkpoint.load().facts.cluster ?? '')
    await other.rest()
    await expect(other.restart()).rejects.toThrow(/belongs to an agent of cluster default/)
  })
})

describe('registration', () => {
  it('waits for a control plane that does not answer yet, and looks after containers meanwhile', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [aSimulatedContainer({ 'exit-after-seconds': '30' })] }))
    world.control.isAway = true
    await world.restart()
    await world.advance(31_000)
    expect(world.task(ARN).knownStatus).toBe('STOPPED')
    world.control.isAway = false
    await world.advance(20_000)
    expect(world.control.registrations).toHaveLength(2)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('makes the default cluster where none is configured', async () => {
    const world = await agentWorld({ config: { ECS_CLUSTER: '' } })
    world.control.clusters.clear()
    await world.restart()
    expect(world.control.clusters).toEqual(new Set(['default']))
    expect(world.control.registrations.at(-1)?.cluster).toBe('default')
  })
})

describe('reports', () => {
  it('are repeated until they are accepted, in order', async () => {
    const world = await agentWorld()
    world.control.isAway = true
    await world.send(aPayloadTask())
    await world.stop(ARN)
    await world.advance(MINUTE)
    world.control.isAway = false
    await world.advance(MINUTE)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('are sent at once when the session is back', async () => {
    const world = await agentWorld()
    world.control.isAway = true
    await world.send(aPayloadTask())
    await world.advance(MINUTE)
    world.control.isAway = false
    world.control.reconnect()
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })

  it('are given up when the control plane says that they are invalid', async () => {
    const world = await agentWorld()
    world.control.nextReportError = new ControlApiError({
      type: 'InvalidParameterException',
      message: 'no',
      status: 400,
    })
    await world.send(aPayloadTask())
    await world.advance(MINUTE)
    expect(world.control.reports).toEqual([])
    expect(world.task(ARN).sentStatus).toBe('RUNNING')
  })
})

describe('the manifest', () => {
  const manifest = (timeline: number, tasks: readonly string[]) => ({
    type: 'TaskManifestMessage' as const,
    message: {
      clusterArn: 'c',
      containerInstanceArn: 'i',
      messageId: `manifest-${timeline}`,
      generatedAt: 0,
      timeline,
      tasks: tasks.map((taskArn) => ({ taskArn, taskClusterArn: 'c', desiredStatus: 'RUNNING' as const })),
    },
  })

  it('has tasks stopped that the control plane does not want, after it has confirmed', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask(), aPayloadTask({ arn: aTaskArn('2') }))
    world.control.send(manifest(10, [aTaskArn('2')]))
    await world.rest()
    const stopTasks = [{ taskArn: ARN, taskClusterArn: 'c', desiredStatus: 'STOPPED' as const }]
    expect(world.control.acs).toContainEqual({
      type: 'TaskStopVerificationMessage',
      message: { messageId: 'manifest-10', stopCandidates: stopTasks },
    })
    world.control.send({
      type: 'TaskStopVerificationAck',
      message: { messageId: 'manifest-9', generatedAt: 0, stopTasks },
    })
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    world.control.send({
      type: 'TaskStopVerificationAck',
      message: { messageId: 'manifest-10', generatedAt: 0, stopTasks },
    })
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('is ignored without a word when it is older than what was seen, also after a restart', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask())
    world.control.send(manifest(10, [ARN]))
    await world.rest()
    await world.restart()
    const before = world.control.acs.length
    world.control.send(manifest(10, []))
    await world.rest()
    expect(world.control.acs).toHaveLength(before)
  })
})

describe('volumes', () => {
  it('of the task are made before its containers and removed after them', async () => {
    const world = await agentWorld()
    const volumes = [
      { name: 'scratch', host: {} },
      { name: 'logs', type: 'docker' as const, dockerVolumeConfiguration: { scope: 'task' as const } },
      { name: 'etc', host: { sourcePath: '/etc' } },
    ]
    await world.send(aPayloadTask({ volumes, containers: [aPayloadContainer()] }))
    expect(world.runtime.deeds.map((deed) => deed.split(' ')[0])).toEqual([
      'createVolume',
      'createVolume',
      'create',
      'start',
    ])
    await world.stop(ARN)
    await world.advance(4 * 60 * MINUTE)
    expect(world.runtime.deeds.map((deed) => deed.split(' ')[0]).slice(-3)).toEqual([
      'remove',
      'removeVolume',
      'removeVolume',
    ])
  })

  it('that cannot be made stop the task', async () => {
    const world = await agentWorld()
    world.runtime.failNext('createVolume', 'refused', 'no such driver')
    await world.send(aPayloadTask({ volumes: [{ name: 'scratch', host: {} }] }))
    expect(world.control.reports).toEqual([
      expect.objectContaining({
        status: 'STOPPED',
        reason: "VolumeError: Agent could not create task's volume resources",
      }),
    ])
  })

  it('that are shared must be there unless they may be made', async () => {
    const world = await agentWorld()
    const shared = (name: string, autoprovision: boolean) => [
      { name, type: 'docker' as const, dockerVolumeConfiguration: { scope: 'shared' as const, autoprovision } },
    ]
    await world.send(aPayloadTask({ arn: aTaskArn('1'), volumes: shared('data', false) }))
    expect(world.control.statusesOf(aTaskArn('1'))).toEqual(['STOPPED'])
    await world.send(aPayloadTask({ arn: aTaskArn('2'), volumes: shared('data', true) }))
    await world.send(aPayloadTask({ arn: aTaskArn('3'), volumes: shared('data', false) }))
    expect(world.control.statusesOf(aTaskArn('3'))).toEqual(['RUNNING'])
  })

  it('that are shared must match their definition where that is asked for', async () => {
    const world = await agentWorld({ config: { ECS_SHARED_VOLUME_MATCH_FULL_CONFIG: 'true' } })
    const shared = (labels: Record<string, string>) => [
      {
        name: 'data',
        type: 'docker' as const,
        dockerVolumeConfiguration: { scope: 'shared' as const, autoprovision: true, labels },
      },
    ]
    await world.send(aPayloadTask({ arn: aTaskArn('1'), volumes: shared({ owner: 'a' }) }))
    await world.send(aPayloadTask({ arn: aTaskArn('2'), volumes: shared({ owner: 'b' }) }))
    await world.send(aPayloadTask({ arn: aTaskArn('3'), volumes: shared({ owner: 'a' }) }))
    expect(world.control.statusesOf(aTaskArn('2'))).toEqual(['STOPPED'])
    expect(world.control.statusesOf(aTaskArn('3'))).toEqual(['RUNNING'])
  })
})
