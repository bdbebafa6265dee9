/** Dependencies between containers, on the way up and down; restart policies; the queue for the host. */
import { describe, expect, it } from 'vitest'
import type { DependencyCondition, PayloadContainer } from '../../../src/agentlink/acs-messages.ts'
import { aPayloadContainer, aPayloadTask, aSimulatedContainer, aTaskArn } from '../../builders/a-payload-task.ts'
import { agentWorld, type AgentWorld } from './agent-world.ts'

const ARN = aTaskArn('0123')

const after = (containerName: string, condition: DependencyCondition): Partial<PayloadContainer> => ({
  dependsOn: [{ containerName, condition }],
})

const HEALTH_CHECKED = { config: JSON.stringify({ Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9 } }) }

/** What the runtime was asked for, with container names in the place of Docker's. */
const deeds = (world: AgentWorld): string[] =>
  world.runtime.deeds.map((deed) => {
    const [call, dockerName] = deed.split(' ')
    const names = [...world.agent.tasks()].flatMap((task) => task.containers)
    return `${call} ${names.find((container) => container.dockerName === dockerName)?.definition.name ?? dockerName}`
  })

describe('dependencies', () => {
  it('START: starts a container when the other one runs', async () => {
    const world = await agentWorld()
    await world.send(
      aPayloadTask({
        containers: [aPayloadContainer({ name: 'b', ...after('a', 'START') }), aPayloadContainer({ name: 'a' })],
      }),
    )
    expect(deeds(world)).toEqual(['create a', 'start a', 'create b', 'start b'])
  })

  it('COMPLETE: waits for the other one to exit, whatever its code', async () => {
    const world = await agentWorld()
    const init = aSimulatedContainer(
      { 'exit-after-seconds': '5', 'exit-code': '3' },
      { name: 'init', essential: false },
    )
    await world.send(aPayloadTask({ containers: [aPayloadContainer({ ...after('init', 'COMPLETE') }), init] }))
    expect(world.container(ARN).knownStatus).toBe('NONE')
    await world.advance(5000)
    expect(world.container(ARN).knownStatus).toBe('RUNNING')
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
    expect(world.control.entriesOf(ARN, 'init').map(({ status }) => status)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('SUCCESS: a container whose dependency fails never starts, with exit code 143', async () => {
    const world = await agentWorld()
    const init = aSimulatedContainer(
      { 'exit-after-seconds': '5', 'exit-code': '1' },
      { name: 'init', essential: false },
    )
    await world.send(aPayloadTask({ containers: [aPayloadContainer({ ...after('init', 'SUCCESS') }), init] }))
    await world.advance(5000)
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
    expect(world.control.entriesOf(ARN, 'app')).toEqual([
      expect.objectContaining({
        status: 'STOPPED',
        exitCode: 143,
        reason:
          'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency ' +
          '[init(busybox) (STOPPED->STOPPED) - Exit: 1] for target [app(busybox) (NONE->RUNNING)] as dependency did not exit successfully.',
      }),
    ])
  })

  it('HEALTHY: waits for the health check of the other one', async () => {
    const world = await agentWorld()
    const database = aPayloadContainer({ name: 'database', healthCheckType: 'docker', dockerConfig: HEALTH_CHECKED })
    await world.send(aPayloadTask({ containers: [aPayloadContainer({ ...after('database', 'HEALTHY') }), database] }))
    expect(world.container(ARN).knownStatus).toBe('NONE')
    await world.advance(5000)
    expect(world.container(ARN).knownStatus).toBe('RUNNING')
    expect(world.container(ARN, 'database').health?.status).toBe('HEALTHY')
  })

  it('HEALTHY of a container without health check cannot be resolved', async () => {
    const world = await agentWorld()
    const containers = [aPayloadContainer({ ...after('b', 'HEALTHY') }), aPayloadContainer({ name: 'b' })]
    await world.send(aPayloadTask({ containers }))
    expect(world.control.reports[0]?.reason).toContain('Task dependencies cannot be resolved')
  })

  it('gives up when the start timeout of the dependency is over', async () => {
    const world = await agentWorld()
    const slow = aPayloadContainer({ name: 'slow', essential: false, startTimeout: 20 })
    await world.send(aPayloadTask({ containers: [aPayloadContainer({ ...after('slow', 'COMPLETE') }), slow] }))
    await world.advance(19_999)
    expect(world.task(ARN).knownStatus).toBe('NONE')
    await world.advance(1)
    expect(world.control.entriesOf(ARN, 'app')[0]).toMatchObject({ exitCode: 143 })
    expect(world.control.entriesOf(ARN, 'app')[0]?.reason).toMatch(/has timed out\.$/)
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
  })

  it('a container whose dependency could not be made never starts', async () => {
    const world = await agentWorld()
    const broken = aSimulatedContainer({ 'fail-create': 'true' }, { name: 'broken', essential: false })
    await world.send(aPayloadTask({ containers: [aPayloadContainer({ ...after('broken', 'START') }), broken] }))
    expect(world.control.entriesOf(ARN, 'app')[0]?.reason).toMatch(/because dependency will never start$/)
  })

  it('links imply START, volumesFrom only that the other one exists', async () => {
    const world = await agentWorld()
    const linked = aPayloadContainer({ name: 'linked', links: ['app:db'] })
    const volumes = aPayloadContainer({ name: 'reader', volumesFrom: [{ sourceContainer: 'app', readOnly: true }] })
    await world.send(aPayloadTask({ containers: [linked, volumes, aPayloadContainer()] }))
    expect(deeds(world).indexOf('start app')).toBeLessThan(deeds(world).indexOf('create linked'))
    expect(deeds(world).indexOf('create app')).toBeLessThan(deeds(world).indexOf('create reader'))
  })

  it('stops in reverse order', async () => {
    const world = await agentWorld()
    await world.send(
      aPayloadTask({
        containers: [
          aPayloadContainer({ name: 'a' }),
          aPayloadContainer({ name: 'b', ...after('a', 'START') }),
          aPayloadContainer({ name: 'c', ...after('b', 'START') }),
        ],
      }),
    )
    await world.stop(ARN)
    expect(deeds(world).slice(-3)).toEqual(['stop c', 'stop b', 'stop a'])
  })
})

describe('restart policies', () => {
  const restarting = (members: Partial<NonNullable<PayloadContainer['restartPolicy']>> = {}): PayloadContainer =>
    aSimulatedContainer(
      { 'exit-after-seconds': '100', 'exit-code': '1' },
      { restartPolicy: { enabled: true, restartAttemptPeriod: 60, ...members } },
    )

  it('start the same container again in place, and tell nobody', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [restarting()] }))
    const { dockerId } = world.container(ARN)
    await world.advance(250_000)
    expect(world.container(ARN)).toMatchObject({ knownStatus: 'RUNNING', restartCount: 2, dockerId })
    expect(world.control.reports).toHaveLength(1)
  })

  it('tell where a container is that has another host port then, once', async () => {
    const world = await agentWorld()
    const portMappings = [{ containerPort: 80, hostPort: 0, protocol: 'tcp' as const }]
    await world.send(aPayloadTask({ containers: [{ ...restarting(), portMappings }] }))
    await world.advance(150_000)
    const ports = world.control.entriesOf(ARN, 'app').map(({ networkBindings = [] }) => networkBindings[0]?.hostPort)
    expect(ports).toEqual([32_768, 32_769])
    expect(world.container(ARN).ports).toMatchObject([{ hostPort: 32_769 }])
    world.control.reports.length = 0
    await world.restart()
    await world.advance(10_000)
    expect(world.control.reports).toEqual([])
  })

  it('let a container stop that exits too soon after its last start', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [restarting({ restartAttemptPeriod: 101 })] }))
    await world.advance(100_000)
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
  })

  it('let a container stop whose exit code is ignored', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [restarting({ ignoredExitCodes: [1] })] }))
    await world.advance(100_000)
    expect(world.control.entriesOf(ARN, 'app')[1]).toMatchObject({ status: 'STOPPED', exitCode: 1 })
  })

  it('do not hold up a stop', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [restarting()] }))
    world.runtime.hang('start')
    await world.advance(100_000)
    await world.stop(ARN)
    world.runtime.release('start')
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING', 'STOPPED'])
    expect((await world.runtime.containers()).map(({ status }) => status)).toEqual(['exited'])
  })
})

describe('the queue for the host', () => {
  const aTaskOf = (id: string, memory: number) => aPayloadTask({ arn: aTaskArn(id), memory })

  it('holds up a task that does not fit, and all that come after it', async () => {
    const world = await agentWorld()
    await world.send(aTaskOf('1', 6000), aTaskOf('2', 4000), aTaskOf('3', 100))
    expect(world.task(aTaskArn('2')).resources).toBe('WAITING')
    expect(world.task(aTaskArn('3')).resources).toBe('WAITING')
    await world.stop(aTaskArn('1'))
    expect(world.control.statusesOf(aTaskArn('2'))).toEqual(['RUNNING'])
    expect(world.control.statusesOf(aTaskArn('3'))).toEqual(['RUNNING'])
  })

  it('moves on when the task at its head is stopped', async () => {
    const world = await agentWorld()
    await world.send(aTaskOf('1', 9000), aTaskOf('2', 100))
    expect(world.task(aTaskArn('2')).resources).toBe('WAITING')
    await world.stop(aTaskArn('1'))
    expect(world.control.statusesOf(aTaskArn('1'))).toEqual(['STOPPED'])
    expect(world.control.statusesOf(aTaskArn('2'))).toEqual(['RUNNING'])
  })

  it('keeps two tasks apart that want the same host port', async () => {
    const world = await agentWorld()
    const containers = [
      aPayloadContainer({ portMappings: [{ containerPort: 80, hostPort: 8080, protocol: 'tcp' as const }] }),
    ]
    await world.send(aPayloadTask({ arn: aTaskArn('1'), containers }), aPayloadTask({ arn: aTaskArn('2'), containers }))
    expect(world.task(aTaskArn('2')).resources).toBe('WAITING')
    await world.stop(aTaskArn('1'))
    expect(world.control.statusesOf(aTaskArn('2'))).toEqual(['RUNNING'])
  })

  it('survives a restart of the agent with what is held and who waits', async () => {
    const world = await agentWorld()
    await world.send(aTaskOf('1', 6000), aTaskOf('2', 4000))
    await world.restart()
    expect(world.task(aTaskArn('2')).resources).toBe('WAITING')
    await world.stop(aTaskArn('1'))
    expect(world.control.statusesOf(aTaskArn('2'))).toEqual(['RUNNING'])
  })
})
