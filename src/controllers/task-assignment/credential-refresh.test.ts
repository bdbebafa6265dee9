import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aTaskRole, trustingService } from '../../../test/builders/a-task-role.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { MemoryAgent } from '../../../test/fakes/memory-agent.ts'
import { acsServer } from '../../agentlink/acs-server.ts'
import { ManualClock, settle } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { containerInstanceArn } from '../../model/arn.ts'
import type { TaskRecord } from '../../model/records.ts'
import { fixedSessionKeys, SealedSessionTokens } from '../../model/session-tokens.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import { ControllerLoop } from '../loop.ts'
import { RoleCredentials } from './role-credentials.ts'
import { TaskAssignment } from './task-assignment.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const ROLE = aTaskRole()

/** A control plane with one instance whose agent is connected, and a definition with a task role. */
const plane = async (journal = new MemoryJournal(), clock = new ManualClock()) => {
  const [ids, log] = [new SeededIds(7), silentLog]
  const store = await Store.open(journal, () => {})
  const sessions = new SealedSessionTokens(fixedSessionKeys(), ids)
  const idKey = Buffer.alloc(32, 1)
  const credentials = new RoleCredentials({ tables: store.tables, clock, sessions, idKey, takesRolesForGranted: false })
  const assignment = new TaskAssignment({ store, clock, ids, log, credentials })
  const server = acsServer({ clock, ids, log, host: assignment })
  const loop = new ControllerLoop([assignment], { clock, ids, log })
  const instance = aContainerInstance({ containerInstanceId: 'i1', agentConnected: false })
  const write = async (work: (tx: Transaction) => void): Promise<void> => {
    await store.transact(work)
    for (let turn = 0; turn < 5; turn++) await settle()
  }
  if (store.tables.roles.size === 0) {
    await write((tx) => {
      tx.roles.insert(ROLE)
      tx.taskDefinitions.insert(aTaskDefinition({ taskRoleArn: ROLE.arn }))
      tx.containerInstances.insert(instance)
    })
  }
  loop.start()
  const agent = new MemoryAgent(server, containerInstanceArn(instance.clusterArn, 'i1'))
  const join = async (parameters?: Record<string, string>): Promise<void> => {
    agent.connect(parameters)
    for (let turn = 0; turn < 5; turn++) await settle()
  }
  const run = async (given: Partial<TaskRecord> = {}): Promise<TaskRecord> => {
    const task = aTask({ containerInstanceId: 'i1', ...given })
    await write((tx) => tx.tasks.insert(task))
    return task
  }
  const change = (task: TaskRecord, patch: Partial<TaskRecord>): Promise<void> =>
    write((tx) => void tx.tasks.update(task.taskId, patch))
  const refreshes = () => agent.of('IAMRoleCredentialsMessage')
  await join()
  return {
    clock,
    store,
    loop,
    write,
    agent,
    join,
    run,
    change,
    refreshes,
    current: (task: TaskRecord) => store.tables.tasks.get(task.taskId)!,
  }
}

describe('credentials of a task', () => {
  it('come with the task', async () => {
    const { agent, run, refreshes } = await plane()
    await run()
    expect(agent.payloads[0]?.roleCredentials).toMatchObject({ roleArn: ROLE.arn, expiration: '2026-01-01T06:00:00Z' })
    expect(refreshes()).toEqual([])
  })

  it('are replaced in the middle of their life, under the same id, again and again', async () => {
    const { agent, run, change, clock, refreshes } = await plane()
    const task = await run()
    await change(task, { lastStatus: 'RUNNING' })
    await clock.advance(3 * HOUR_MS - MINUTE_MS)
    expect(refreshes()).toHaveLength(0)
    await clock.advance(HOUR_MS)
    expect(refreshes()).toHaveLength(1)
    const [first] = refreshes()
    const given = agent.payloads[0]!.roleCredentials!
    expect(first).toMatchObject({ roleType: 'TaskApplication', taskArn: agent.payloads[0]!.arn })
    expect(first!.roleCredentials.credentialsId).toBe(given.credentialsId)
    expect(first!.roleCredentials.accessKeyId).not.toBe(given.accessKeyId)
    expect(Date.parse(first!.roleCredentials.expiration) - clock.now()).toBeGreaterThan(5 * HOUR_MS)
    await clock.advance(12 * HOUR_MS)
    expect(refreshes().length).toBeGreaterThanOrEqual(4)
    expect(refreshes().length).toBeLessThanOrEqual(5)
  })

  it('are not all replaced in one moment', async () => {
    const { agent, run, change, clock } = await plane()
    for (let count = 0; count < 30; count++) await change(await run(), { lastStatus: 'RUNNING' })
    const times: number[] = []
    agent.onMessage = ({ type }) => type === 'IAMRoleCredentialsMessage' && times.push(clock.now())
    await clock.advance(4 * HOUR_MS)
    expect(times).toHaveLength(30)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(15 * MINUTE_MS)
  })

  it('are sent again every minute until the agent has acknowledged them', async () => {
    const { agent, run, change, clock, refreshes } = await plane()
    await change(await run(), { lastStatus: 'RUNNING' })
    agent.holdsAcks = true
    await clock.advance(4 * HOUR_MS)
    const times = refreshes().length
    expect(times).toBeGreaterThan(10)
    agent.holdsAcks = false
    agent.releaseAcks()
    await settle()
    await clock.advance(HOUR_MS)
    expect(refreshes().length - times).toBeLessThanOrEqual(1)
  })

  it('are replaced no more once the task is to stop, or has stopped', async () => {
    const { run, change, clock, refreshes } = await plane()
    const [stopping, stopped] = [await run(), await run()]
    await change(stopping, { lastStatus: 'RUNNING', desiredStatus: 'STOPPED' })
    await change(stopped, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })
    await clock.advance(12 * HOUR_MS)
    expect(refreshes()).toEqual([])
  })

  it('are sent to an agent that was started anew, and to none that has them', async () => {
    const { agent, join, run, change, refreshes, clock } = await plane()
    const task = await run()
    await change(task, { lastStatus: 'RUNNING' })
    agent.drop()
    await join()
    await clock.advance(5 * MINUTE_MS)
    expect(refreshes()).toHaveLength(0)
    agent.drop()
    await join({ sendCredentials: 'true' })
    expect(refreshes()).toHaveLength(1)
    expect(refreshes()[0]!.roleCredentials.credentialsId).toBe(agent.payloads[0]!.roleCredentials!.credentialsId)
    await clock.advance(5 * MINUTE_MS)
    expect(refreshes()).toHaveLength(1)
  })

  it('are replaced soon by a control plane that was started anew, which does not know what agents have', async () => {
    const journal = new MemoryJournal()
    const first = await plane(journal)
    const task = await first.run()
    await first.change(task, { lastStatus: 'RUNNING' })
    await first.loop.stop()
    const second = await plane(journal, first.clock)
    second.agent.drop()
    await second.join({ sendCredentials: 'false' })
    await second.clock.advance(MINUTE_MS)
    const ids = second.refreshes().map(({ roleCredentials }) => roleCredentials.credentialsId)
    expect(new Set(ids)).toEqual(new Set([first.agent.payloads[0]!.roleCredentials!.credentialsId]))
  })

  it('stay as they are while ECS may not assume the role any more, and are replaced when it may', async () => {
    const { write, run, change, clock, refreshes, current } = await plane()
    const task = await run()
    await change(task, { lastStatus: 'RUNNING' })
    await write(
      (tx) => void tx.roles.update(ROLE.key, { assumeRolePolicyDocument: trustingService('ec2.amazonaws.com') }),
    )
    await clock.advance(4 * HOUR_MS)
    expect(refreshes()).toEqual([])
    expect(current(task).desiredStatus).toBe('RUNNING')
    await write((tx) => void tx.roles.update(ROLE.key, { assumeRolePolicyDocument: ROLE.assumeRolePolicyDocument }))
    await clock.advance(11 * MINUTE_MS)
    expect(refreshes()).toHaveLength(1)
  })
})

describe('a task whose role ECS may not assume', () => {
  it('stops without having started, and says why', async () => {
    const { write, agent, run, current } = await plane()
    await write(
      (tx) => void tx.roles.update(ROLE.key, { assumeRolePolicyDocument: trustingService('ec2.amazonaws.com') }),
    )
    const task = await run()
    expect(current(task)).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        `ECS was unable to assume the role '${ROLE.arn}' that was provided for this task. Please verify that the role being passed has ` +
        'the proper trust relationship and permissions and that your IAM user has permissions to pass this role.',
    })
    expect(agent.payloads.map(({ desiredStatus }) => desiredStatus)).toEqual(['STOPPED'])
  })
})
