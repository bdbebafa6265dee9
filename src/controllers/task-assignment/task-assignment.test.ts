import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { hostCaller, rootCaller } from '../../../test/builders/a-principal.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { MemoryAgent } from '../../../test/fakes/memory-agent.ts'
import { acsServer } from '../../agentlink/acs-server.ts'
import type { Caller } from '../../agentlink/session-server.ts'
import { ManualClock, settle } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { containerInstanceArn, taskArn } from '../../model/arn.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import { ControllerLoop } from '../loop.ts'
import { TaskAssignment } from './task-assignment.ts'
import { noTaskCredentials, type TaskCredentials } from './task-credentials.ts'

/** A control plane's half of ACS with one instance, `i1`, and the definition `web:1`. */
const plane = async ({
  credentials = noTaskCredentials,
  journal = new MemoryJournal(),
}: { credentials?: TaskCredentials; journal?: MemoryJournal } = {}) => {
  const clock = new ManualClock()
  const [ids, log] = [new SeededIds(7), silentLog]
  const store = await Store.open(journal, () => {})
  const assignment = new TaskAssignment({ store, clock, ids, log, credentials })
  const server = acsServer({ clock, ids, log, host: assignment })
  const loop = new ControllerLoop([assignment], { clock, ids, log })
  const write = async (work: (tx: Transaction) => void): Promise<void> => {
    await store.transact(work)
    await settle()
  }
  if (store.tables.containerInstances.size === 0) {
    await write((tx) => {
      tx.taskDefinitions.insert(aTaskDefinition())
      tx.containerInstances.insert(aContainerInstance({ containerInstanceId: 'i1', agentConnected: false }))
    })
  }
  loop.start()
  await settle()
  const instance = (): ContainerInstanceRecord => store.tables.containerInstances.get('i1')!
  const agent = new MemoryAgent(server, containerInstanceArn(instance().clusterArn, 'i1'))
  const run = async (...given: Partial<TaskRecord>[]): Promise<TaskRecord[]> => {
    const tasks = given.map((members) => aTask({ containerInstanceId: 'i1', ...members }))
    await write((tx) => tasks.forEach((task) => tx.tasks.insert(task)))
    return tasks
  }
  const change = (task: TaskRecord, patch: Partial<TaskRecord>): Promise<void> =>
    write((tx) => void tx.tasks.update(task.taskId, patch))
  const join = async (parameters?: Record<string, string>): Promise<void> => {
    agent.connect(parameters)
    await settle()
    await settle()
  }
  return { clock, store, assignment, server, loop, write, instance, agent, run, change, join }
}

const arnOf = ({ clusterArn, taskId }: TaskRecord): string => taskArn(clusterArn, taskId)

describe('an agent that connects', () => {
  it('makes its instance connected, with its versions, until it leaves', async () => {
    const { instance, agent, join } = await plane()
    await join({ agentVersion: '9.9', agentHash: 'hash', dockerVersion: 'DockerVersion: 27.0' })
    expect(instance()).toMatchObject({
      agentConnected: true,
      versionInfo: { agentVersion: '9.9', agentHash: 'hash', dockerVersion: 'DockerVersion: 27.0' },
    })
    const { version } = instance()
    agent.drop()
    await settle()
    expect(instance()).toMatchObject({ agentConnected: false, version: version + 1 })
  })

  it('gets a manifest first, then the payloads that it has not acknowledged', async () => {
    const { agent, run, join } = await plane()
    const [pending, running, stopping] = await run(
      {},
      { lastStatus: 'RUNNING' },
      { lastStatus: 'RUNNING', desiredStatus: 'STOPPED' },
    )
    await join()
    expect(agent.received.map(({ type }) => type)).toEqual(['TaskManifestMessage', 'PayloadMessage'])
    expect(
      agent.of('TaskManifestMessage')[0]?.tasks.map(({ taskArn: arn, desiredStatus }) => [arn, desiredStatus]),
    ).toEqual([
      [arnOf(pending!), 'RUNNING'],
      [arnOf(running!), 'RUNNING'],
      [arnOf(stopping!), 'STOPPED'],
    ])
    expect(agent.payloads.map(({ arn, desiredStatus }) => [arn, desiredStatus])).toEqual([
      [arnOf(pending!), 'RUNNING'],
      [arnOf(stopping!), 'STOPPED'],
    ])
  })

  it('is not sent again what it acknowledged, and is sent again what it did not', async () => {
    const { agent, run, join } = await plane()
    await join()
    const [acked] = await run({})
    agent.holdsAcks = true
    const [unacked] = await run({})
    agent.drop()
    await settle()
    await join()
    const times = (task: TaskRecord): number => agent.payloads.filter(({ arn }) => arn === arnOf(task)).length
    expect(times(acked!)).toBe(1)
    expect(times(unacked!)).toBe(2)
  })

  it('is told again of all that it has not reported when its process is a new one', async () => {
    const { agent, run, join } = await plane()
    await join()
    await run({})
    agent.drop()
    await settle()
    await join({ sendCredentials: 'true' })
    expect(agent.payloads).toHaveLength(2)
  })

  it('gets numbers that rise over connections and restarts of the control plane', async () => {
    const journal = new MemoryJournal()
    const first = await plane({ journal })
    await first.join()
    await first.run({}, {})
    first.agent.drop()
    await first.join()
    await first.loop.stop()
    const numbers = (agent: MemoryAgent): number[] =>
      agent.received.flatMap(({ message }) =>
        'timeline' in message ? message.timeline! : 'seqNum' in message ? message.seqNum : [],
      )
    const second = await plane({ journal })
    await second.clock.advance(1000)
    await second.join()
    const all = [...numbers(first.agent), ...numbers(second.agent)]
    expect(all.length).toBeGreaterThanOrEqual(4)
    expect(all).toEqual([...new Set(all)].toSorted((a, b) => a - b))
  })

  it('gets the credentials of its tasks before the manifest, if it asks for them', async () => {
    const roleCredentials = {
      credentialsId: 'c',
      roleArn: 'r',
      accessKeyId: 'AK',
      secretAccessKey: 'SK',
      sessionToken: 'ST',
      expiration: '2026-01-01T00:00:00Z',
    }
    const { agent, run, join } = await plane({
      credentials: { forTask: () => ({ roles: [{ roleType: 'TaskApplication', roleCredentials }], expiresAt: 0 }) },
    })
    const [task] = await run({ lastStatus: 'RUNNING' })
    await join()
    expect(agent.received.map(({ type }) => type)).toEqual(['IAMRoleCredentialsMessage', 'TaskManifestMessage'])
    expect(agent.of('IAMRoleCredentialsMessage')[0]).toMatchObject({
      taskArn: arnOf(task!),
      roleType: 'TaskApplication',
      roleCredentials,
    })
    agent.drop()
    await settle()
    await join()
    expect(agent.of('IAMRoleCredentialsMessage')).toHaveLength(1)
  })

  it.each<[string, Record<string, string>, Caller | undefined, Partial<ContainerInstanceRecord>, string]>([
    [
      'an instance that is not known any more',
      { containerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/x' },
      undefined,
      {},
      'InactiveInstanceException',
    ],
    [
      'the same id in another cluster',
      { containerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/other/i1' },
      undefined,
      {},
      'InvalidInstanceException',
    ],
    ['no ARN', { containerInstanceArn: 'i1' }, undefined, {}, 'InvalidInstanceException'],
    ['another cluster', { clusterArn: 'other' }, undefined, {}, 'InvalidClusterException'],
    ['a key of another account', {}, rootCaller('111111111111'), {}, 'AccessDeniedException'],
    [
      'a session other than the one that registered the instance',
      {},
      hostCaller('i-2'),
      { registeredBy: hostCaller('i-1').arn },
      'AccessDeniedException',
    ],
    ['a deregistered instance', {}, undefined, { status: 'INACTIVE' }, 'InactiveInstanceException'],
  ])('is refused for %s', async (_what, parameters, caller, patch, exception) => {
    const { server, write } = await plane()
    await write((tx) => void tx.containerInstances.update('i1', patch))
    const query = new URLSearchParams({
      containerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/i1',
      ...parameters,
    })
    const refusal = server.connect(
      query,
      () => {
        throw new Error('nobody was let in')
      },
      caller,
    )
    expect(refusal?.exception).toBe(exception)
  })

  it.each(['default', 'arn:aws:ecs:us-east-1:000000000000:cluster/default', ''])(
    'may name its cluster as "%s"',
    async (clusterArn) => {
      const { agent, join } = await plane()
      await join({ clusterArn })
      expect(agent.of('TaskManifestMessage')).toHaveLength(1)
    },
  )

  it('takes the place of an older connection without the instance seeming disconnected', async () => {
    const { instance, store, agent, join } = await plane()
    await join()
    const changes: unknown[] = []
    store.watch(['containerInstances'], (changeSet) => changes.push(changeSet))
    await join()
    expect(instance().agentConnected).toBe(true)
    expect(changes).toHaveLength(0)
    expect(agent.isConnected).toBe(true)
  })
})

describe('a connected agent', () => {
  it('is sent a task in the turn in which it becomes durable, tasks of one call in one message', async () => {
    const { agent, run, join } = await plane()
    await join()
    await run({}, {}, {})
    expect(agent.of('PayloadMessage').map(({ tasks }) => tasks.length)).toEqual([3])
  })

  it('is sent very many tasks in messages of a bounded size', async () => {
    const { agent, run, join } = await plane()
    await join()
    await run(...Array.from({ length: 60 }, () => ({})))
    expect(agent.of('PayloadMessage').map(({ tasks }) => tasks.length)).toEqual([25, 25, 10])
  })

  it('is not sent tasks of others, nor tasks before they are durable', async () => {
    const { agent, store, run, join } = await plane()
    await join()
    await run({ containerInstanceId: 'i2' })
    expect(agent.payloads).toHaveLength(0)
    void store.transact((tx) => tx.tasks.insert(aTask({ containerInstanceId: 'i1' })))
    expect(agent.payloads).toHaveLength(0)
    await settle()
    await settle()
    expect(agent.payloads).toHaveLength(1)
  })

  it('hosts FARGATE tasks, which are provisioned once it has been told of them', async () => {
    const { agent, store, join } = await plane()
    await join()
    const { containerInstanceId: _, ...fargate } = aTask({
      hostInstanceId: 'i1',
      launchType: 'FARGATE',
      lastStatus: 'PROVISIONING',
    })
    await store.transact((tx) => tx.tasks.insert(fargate))
    await settle()
    await settle()
    expect(agent.payloads).toHaveLength(1)
    expect(store.tables.tasks.get(fargate.taskId)?.lastStatus).toBe('PENDING')
  })

  it('is told again after a minute without an acknowledgement, until it acknowledges or reports', async () => {
    const { agent, clock, run, change, join } = await plane()
    await join()
    agent.holdsAcks = true
    const [task] = await run({})
    await clock.advance(59_000)
    expect(agent.payloads).toHaveLength(1)
    await clock.advance(59_000)
    expect(agent.payloads).toHaveLength(2)
    await change(task!, { lastStatus: 'RUNNING' })
    await clock.advance(600_000)
    expect(agent.payloads).toHaveLength(2)
  })

  it('may acknowledge in any order', async () => {
    const { agent, clock, run, join } = await plane()
    await join()
    agent.holdsAcks = true
    await run({})
    await run({})
    await run({})
    agent.releaseAcks((acks) => acks.toReversed())
    agent.holdsAcks = false
    await clock.advance(600_000)
    expect(agent.payloads).toHaveLength(3)
  })

  it('is told to stop a task, acknowledged or not, every minute until the task has stopped', async () => {
    const { agent, clock, run, change, join } = await plane()
    await join()
    const [task] = await run({})
    await change(task!, { desiredStatus: 'STOPPED' })
    const stops = (): number => agent.payloads.filter(({ desiredStatus }) => desiredStatus === 'STOPPED').length
    expect(stops()).toBe(1)
    await clock.advance(121_000)
    expect(stops()).toBeGreaterThanOrEqual(2)
    expect(stops()).toBeLessThanOrEqual(3)
    await change(task!, { lastStatus: 'STOPPED' })
    const before = stops()
    await clock.advance(600_000)
    expect(stops()).toBe(before)
  })

  it('is not told of tasks that ended before they could be sent', async () => {
    const { agent, run, change, join } = await plane()
    const [task] = await run({})
    await change(task!, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })
    await join()
    expect(agent.payloads).toHaveLength(0)
  })

  it('is told no more than it takes, and the rest when it has taken it', async () => {
    const { agent, write, join, store } = await plane()
    await write((tx) => {
      const containerDefinitions = [
        { name: 'app', image: 'busybox', environment: [{ name: 'BIG', value: 'x'.repeat(60_000) }] },
      ]
      tx.taskDefinitions.put(aTaskDefinition({ containerDefinitions }))
    })
    await join()
    agent.serverEnd?.hold()
    for (let call = 0; call < 10; call++) {
      await write((tx) => {
        for (let index = 0; index < 10; index++) tx.tasks.insert(aTask({ containerInstanceId: 'i1' }))
      })
    }
    expect(agent.serverEnd?.bufferedBytes).toBeLessThan(3_000_000)
    agent.serverEnd?.release()
    for (let turn = 0; turn < 20; turn++) await settle()
    expect(new Set(agent.payloads.map(({ arn }) => arn)).size).toBe(100)
    expect(store.tables.tasks.size).toBe(100)
  })

  it('is answered which of its tasks shall stop: those that are not to run here, and those nobody knows', async () => {
    const { agent, run, join } = await plane()
    const [running, stopping, elsewhere] = await run(
      { lastStatus: 'RUNNING' },
      { desiredStatus: 'STOPPED' },
      { containerInstanceId: 'i2' },
    )
    await join()
    const candidate = (arn: string) => ({
      taskArn: arn,
      taskClusterArn: running!.clusterArn,
      desiredStatus: 'STOPPED' as const,
    })
    const unknown = running!.clusterArn.replace(':cluster/', ':task/') + '/gone'
    const stopCandidates = [arnOf(running!), arnOf(stopping!), arnOf(elsewhere!), unknown].map(candidate)
    agent.send({ type: 'TaskStopVerificationMessage', message: { messageId: 'manifest', stopCandidates } })
    await settle()
    expect(agent.of('TaskStopVerificationAck')).toEqual([
      { messageId: 'manifest', generatedAt: expect.any(Number), stopTasks: stopCandidates.slice(1) },
    ])
  })

  it('is sent away when its instance is deregistered, and refused when it comes back', async () => {
    const { agent, instance, write, join } = await plane()
    await join()
    await write((tx) => void tx.containerInstances.update('i1', { status: 'INACTIVE', agentConnected: false }))
    await settle()
    expect(agent.end).toMatchObject({ kind: 'closed', code: 1000 })
    expect(instance().agentConnected).toBe(false)
    await join()
    expect(agent.end).toMatchObject({ kind: 'rejected', status: 400 })
  })

  it('stays while its instance drains', async () => {
    const { agent, write, run, join } = await plane()
    await join()
    await write((tx) => void tx.containerInstances.update('i1', { status: 'DRAINING' }))
    await run({ desiredStatus: 'STOPPED' })
    expect(agent.end).toBeUndefined()
    expect(agent.payloads).toHaveLength(1)
  })
})

describe('a control plane that starts', () => {
  it('takes all agents for disconnected until they connect', async () => {
    const { assignment, instance, write } = await plane()
    await write((tx) => void tx.containerInstances.update('i1', { agentConnected: true }))
    await assignment.disconnectAll()
    expect(instance().agentConnected).toBe(false)
  })

  it('corrects a record that says otherwise than the connection', async () => {
    const { clock, instance, write } = await plane()
    await write((tx) => void tx.containerInstances.update('i1', { agentConnected: true }))
    await clock.advance(30_000)
    expect(instance().agentConnected).toBe(false)
  })
})

describe('whatever happens between control plane and agent', () => {
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.constant('run' as const) },
    { weight: 3, arbitrary: fc.constant('stop' as const) },
    { weight: 3, arbitrary: fc.constant('report' as const) },
    {
      weight: 8,
      arbitrary: fc.constantFrom('drop', 'connect', 'hold acks', 'release acks', 'hold', 'release', 'wait'),
    },
  )

  it('every task that shall run is delivered, every task that shall stop is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(action, fc.nat(1000)), { maxLength: 60, size: 'max' }), async (steps) => {
        const { agent, clock, store, run, change, join, loop } = await plane()
        await join()
        const active = (): TaskRecord[] => store.tables.tasks.find('activeByInstance', 'i1')
        const report = async (task: TaskRecord): Promise<void> => {
          const known = agent.tasks.get(arnOf(task))
          if (known === 'RUNNING') await change(task, { lastStatus: 'RUNNING' })
          if (known === 'STOPPED') await change(task, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })
        }
        for (const [step, number] of steps) {
          const chosen = active()[number % Math.max(1, active().length)]
          if (step === 'run') await run(...Array.from({ length: (number % 3) + 1 }, () => ({})))
          else if (step === 'stop' && chosen !== undefined) await change(chosen, { desiredStatus: 'STOPPED' })
          else if (step === 'report' && chosen !== undefined) await report(chosen)
          else if (step === 'drop') agent.drop()
          else if (step === 'connect' && !agent.isConnected)
            await join(number % 2 === 0 ? {} : { sendCredentials: 'true' })
          else if (step === 'hold acks') agent.holdsAcks = true
          else if (step === 'release acks')
            agent.releaseAcks((acks) => (number % 2 === 0 ? acks.toReversed() : [...acks, ...acks]))
          else if (step === 'hold') agent.serverEnd?.hold()
          else if (step === 'release') agent.serverEnd?.release()
          else if (step === 'wait') await clock.advance(number * 100)
          await settle()
        }
        agent.holdsAcks = false
        agent.serverEnd?.release()
        await settle()
        if (!agent.isConnected) await join()
        await clock.advance(300_000)
        for (const task of active()) {
          if (task.desiredStatus === 'RUNNING' && task.lastStatus === 'RUNNING') continue
          expect(agent.tasks.get(arnOf(task))).toBe(task.desiredStatus)
        }
        const shallRun = new Set(
          active()
            .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
            .map(arnOf),
        )
        for (const [arn, desiredStatus] of agent.tasks) expect(desiredStatus === 'RUNNING').toBe(shallRun.has(arn))
        await loop.stop()
      }),
      { numRuns: 100 },
    )
  })
})
