import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { hostCaller, sessionCaller, userCaller } from '../../../test/builders/a-principal.ts'
import { aRegistration } from '../../../test/builders/a-registration.ts'
import { aRole, aUser } from '../../../test/builders/a-role.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { ecsHarness } from '../../../test/ecs-context.ts'
import { containerInstanceArn, taskArn } from '../../model/arn.ts'
import type { Principal } from '../../model/principal.ts'
import { type Guard, noGuard } from '../operations.ts'
import { deregisterContainerInstance } from './operations/deregister-container-instance.ts'
import { discoverPollEndpoint } from './operations/discover-poll-endpoint.ts'
import { registerContainerInstance } from './operations/register-container-instance.ts'
import { submitContainerStateChange } from './operations/submit-container-state-change.ts'
import { submitTaskStateChange } from './operations/submit-task-state-change.ts'
import { updateContainerInstancesState } from './operations/update-container-instances-state.ts'

const HOST = hostCaller('i-1')
const OTHER_HOST = hostCaller('i-2')
const OPERATOR = sessionCaller(aRole({ roleName: 'operators' }))
const CLUSTER = aCluster().clusterArn
const INSTANCE = containerInstanceArn(CLUSTER, 'i1')

/** Callers are known, and policies allow them everything. */
const allowingAll: Guard = { applies: () => true, check: () => undefined }

/** An instance that `HOST` registered, with a task, and a task that waits for one. */
const aSite = async (registeredBy: string | undefined = HOST.arn, guard: Guard = allowingAll) => {
  const harness = await ecsHarness({ guard })
  const instance = aContainerInstance({ containerInstanceId: 'i1' })
  const task = aTask({ containerInstanceId: 'i1' })
  const { containerInstanceId: _host, ...unplaced } = aTask()
  await harness.store.transact((tx) => {
    tx.clusters.put(aCluster())
    tx.containerInstances.insert({ ...instance, ...(registeredBy && { registeredBy }) })
    tx.tasks.insert(task)
    tx.tasks.insert(unplaced)
  })
  const [arn, unplacedArn] = [taskArn(CLUSTER, task.taskId), taskArn(CLUSTER, unplaced.taskId)]
  return {
    ...harness,
    task: arn,
    unplaced: unplacedArn,
    statusOf: () => harness.store.tables.tasks.get(task.taskId)?.lastStatus,
  }
}

const denied = { code: 'AccessDeniedException', message: expect.stringContaining(`on resource: ${INSTANCE}`) }

describe('the session that registered an instance', () => {
  it('reports on its tasks, asks for its endpoint, registers it anew, and drains it', async () => {
    const { call, task, statusOf } = await aSite()
    const caller = { principal: HOST }
    await call(submitTaskStateChange, { cluster: CLUSTER, task, status: 'STOPPED' }, caller)
    expect(statusOf()).toBe('STOPPED')
    await call(discoverPollEndpoint, { containerInstance: INSTANCE }, caller)
    await call(registerContainerInstance, aRegistration({ containerInstanceArn: INSTANCE }), caller)
    const { failures } = await call(
      updateContainerInstancesState,
      { containerInstances: [INSTANCE], status: 'DRAINING' },
      caller,
    )
    expect(failures).toEqual([])
  })

  it('does not report on a task that is on no instance yet', async () => {
    const { call, unplaced } = await aSite()
    const report = call(
      submitTaskStateChange,
      { cluster: CLUSTER, task: unplaced, status: 'RUNNING' },
      { principal: HOST },
    )
    await expect(report).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})

describe.each<[string, Principal]>([
  ['another session of the same role', OTHER_HOST],
  ['a session of another role', OPERATOR],
])('%s', (_who, principal) => {
  it('cannot speak as the agent of the instance', async () => {
    const { call, task, statusOf } = await aSite()
    const caller = { principal }
    const before = statusOf()
    await expect(
      call(submitTaskStateChange, { cluster: CLUSTER, task, status: 'STOPPED' }, caller),
    ).rejects.toMatchObject(denied)
    await expect(
      call(submitContainerStateChange, { cluster: CLUSTER, task, containerName: 'web', status: 'STOPPED' }, caller),
    ).rejects.toMatchObject(denied)
    await expect(call(discoverPollEndpoint, { containerInstance: INSTANCE }, caller)).rejects.toMatchObject(denied)
    await expect(
      call(registerContainerInstance, aRegistration({ containerInstanceArn: INSTANCE }), caller),
    ).rejects.toMatchObject(denied)
    expect(statusOf()).toBe(before)
  })
})

describe('who is not the agent of an instance', () => {
  it('cannot drain or deregister it with the same role', async () => {
    const { call } = await aSite()
    const caller = { principal: OTHER_HOST }
    await expect(
      call(updateContainerInstancesState, { containerInstances: [INSTANCE], status: 'DRAINING' }, caller),
    ).rejects.toMatchObject(denied)
    await expect(
      call(deregisterContainerInstance, { containerInstance: INSTANCE, force: true }, caller),
    ).rejects.toMatchObject(denied)
  })

  it('can with another role, whose policies decide', async () => {
    const { call } = await aSite()
    const { containerInstances } = await call(
      updateContainerInstancesState,
      { containerInstances: [INSTANCE], status: 'DRAINING' },
      { principal: OPERATOR },
    )
    expect(containerInstances).toMatchObject([{ status: 'DRAINING' }])
  })

  it('gets an instance of its own with the client token of another', async () => {
    const { call } = await aSite()
    const registration = aRegistration({ clientToken: 't1' })
    const first = await call(registerContainerInstance, registration, { principal: HOST })
    const again = await call(registerContainerInstance, registration, { principal: HOST })
    const others = await call(registerContainerInstance, registration, { principal: OTHER_HOST })
    const arnOf = ({ containerInstance }: typeof first) => containerInstance?.containerInstanceArn
    expect(arnOf(again)).toBe(arnOf(first))
    expect(arnOf(others)).not.toBe(arnOf(first))
  })
})

describe('an instance that no session registered', () => {
  it.each([undefined, aUser().arn])('is for every user whose policies allow it (%s)', async (registeredBy) => {
    const { call, task, statusOf } = await aSite(registeredBy)
    await call(
      submitTaskStateChange,
      { cluster: CLUSTER, task, status: 'STOPPED' },
      { principal: userCaller(aUser({ userName: 'bob' })) },
    )
    expect(statusOf()).toBe('STOPPED')
  })

  it('belongs to who registers it anew', async () => {
    const { call, store } = await aSite(aUser().arn)
    await call(registerContainerInstance, aRegistration({ containerInstanceArn: INSTANCE }), {
      principal: userCaller(),
    })
    expect(store.tables.containerInstances.get('i1')?.registeredBy).toBe(aUser().arn)
  })

  it('is no session’s to speak for, if a user registered it', async () => {
    const { call, task } = await aSite(aUser().arn)
    await expect(
      call(submitTaskStateChange, { cluster: CLUSTER, task, status: 'STOPPED' }, { principal: HOST }),
    ).rejects.toMatchObject(denied)
  })
})

describe('where callers are not known', () => {
  it('everyone is the agent of every instance', async () => {
    const { call, task, statusOf } = await aSite(HOST.arn, noGuard)
    await call(submitTaskStateChange, { cluster: CLUSTER, task, status: 'STOPPED' }, { principal: OTHER_HOST })
    expect(statusOf()).toBe('STOPPED')
  })

  it('a new instance is nobody’s, and one that has an owner keeps it', async () => {
    const { call, store } = await aSite(HOST.arn, noGuard)
    const { containerInstance } = await call(registerContainerInstance, aRegistration())
    const id = containerInstance?.containerInstanceArn?.split('/').at(-1) ?? ''
    expect(store.tables.containerInstances.get(id)).not.toHaveProperty('registeredBy')
    await call(registerContainerInstance, aRegistration({ containerInstanceArn: INSTANCE }))
    expect(store.tables.containerInstances.get('i1')?.registeredBy).toBe(HOST.arn)
  })
})
