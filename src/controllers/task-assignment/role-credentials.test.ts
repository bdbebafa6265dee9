import { describe, expect, it } from 'vitest'
import { aTaskRole, trustingService } from '../../../test/builders/a-task-role.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { emptyStore } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { taskArn } from '../../model/arn.ts'
import type { RoleRecord } from '../../model/iam-records.ts'
import type { TaskRecord } from '../../model/records.ts'
import { fixedSessionKeys, SealedSessionTokens } from '../../model/session-tokens.ts'
import { RoleCredentials, type RoleCredentialsOptions } from './role-credentials.ts'

const ROLE = 'arn:aws:iam::000000000000:role/app'
const EXECUTION_ROLE = 'arn:aws:iam::000000000000:role/service-role/ecsTaskExecutionRole'

const sessions = new SealedSessionTokens(fixedSessionKeys(), new SeededIds(3))
const execution = aTaskRole({ roleName: 'ecsTaskExecutionRole', path: '/service-role/' })

/** Of a control plane with these roles; the definition `web:1` names `app` and the execution role. */
const minter = async (roles: readonly RoleRecord[], options: Partial<RoleCredentialsOptions> = {}) => {
  const store = await emptyStore()
  await store.transact((tx) => {
    for (const role of roles) tx.roles.insert(role)
    tx.taskDefinitions.insert(aTaskDefinition({ taskRoleArn: ROLE, executionRoleArn: EXECUTION_ROLE }))
    tx.taskDefinitions.insert(aTaskDefinition({ revision: 2 }))
  })
  const clock = new ManualClock()
  const idKey = Buffer.alloc(32, 1)
  const takesRolesForGranted = false
  const credentials = new RoleCredentials({
    tables: store.tables,
    clock,
    sessions,
    idKey,
    takesRolesForGranted,
    ...options,
  })
  return { store, clock, credentials }
}

const without = (task: TaskRecord): TaskRecord => ({
  ...task,
  taskDefinitionArn: task.taskDefinitionArn.replace(/1$/, '2'),
})

describe('the credentials of a task', () => {
  it('are a session of its role, named after the task, for six hours', async () => {
    const { credentials, clock } = await minter([aTaskRole(), execution])
    const task = aTask()
    const { roles, expiresAt, refusedRoleArn } = credentials.forTask(task)
    expect(refusedRoleArn).toBeUndefined()
    expect(expiresAt).toBe(clock.now() + 6 * 3_600_000)
    const [taskRole, executionRole] = roles
    expect(taskRole).toMatchObject({ roleType: 'TaskApplication', roleCredentials: { roleArn: ROLE } })
    expect(executionRole).toMatchObject({ roleType: 'TaskExecution', roleCredentials: { roleArn: EXECUTION_ROLE } })
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = taskRole!.roleCredentials
    expect(expiration).toBe('2026-01-01T06:00:00Z')
    expect(sessions.open(accessKeyId, sessionToken)).toEqual({
      secretAccessKey,
      principal: {
        arn: `arn:aws:sts::000000000000:assumed-role/app/${task.taskId}`,
        account: '000000000000',
        userId: `AROAAPPXXXXXXXXXXXXXX:${task.taskId}`,
        accessKeyId,
        session: { issuerArn: ROLE, issuedAt: clock.now(), expiresAt, taskArn: taskArn(task.clusterArn, task.taskId) },
      },
    })
  })

  it('have ids that stay the same, are different for each task and role, and cannot be known without the key', async () => {
    const { credentials } = await minter([aTaskRole(), execution])
    const [task, other] = [aTask(), aTask()]
    const idsOf = (of: RoleCredentials, who: TaskRecord): string[] =>
      of.forTask(who).roles.map(({ roleCredentials }) => roleCredentials.credentialsId)
    const ids = idsOf(credentials, task)
    expect(idsOf(credentials, task)).toEqual(ids)
    const { credentials: restarted } = await minter([aTaskRole(), execution])
    expect(idsOf(restarted, task)).toEqual(ids)
    const { credentials: elsewhere } = await minter([aTaskRole(), execution], { idKey: Buffer.alloc(32, 2) })
    const all = [...ids, ...idsOf(credentials, other), ...idsOf(elsewhere, task)]
    expect(new Set(all).size).toBe(6)
    for (const id of all) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('are those of the roles that its overrides name', async () => {
    const { credentials } = await minter([aTaskRole(), aTaskRole({ roleName: 'other' }), execution])
    const overrides = { taskRoleArn: 'arn:aws:iam::000000000000:role/other' }
    const [taskRole, executionRole] = credentials.forTask(aTask({ overrides })).roles
    expect(taskRole?.roleCredentials.roleArn).toBe(overrides.taskRoleArn)
    expect(executionRole?.roleCredentials.roleArn).toBe(EXECUTION_ROLE)
    expect(credentials.forTask(without(aTask({ overrides }))).roles).toHaveLength(1)
  })

  it('are none without roles', async () => {
    const { credentials } = await minter([])
    expect(credentials.forTask(without(aTask()))).toEqual({ roles: [] })
  })
})

describe('a role', () => {
  const refusedWith = async (role: RoleRecord): Promise<string | undefined> => {
    const { credentials } = await minter([role, execution])
    return credentials.forTask(aTask()).refusedRoleArn
  }

  it.each<[string, RoleRecord, boolean]>([
    ['trusts ECS tasks', aTaskRole(), true],
    [
      'trusts them for its own account',
      aTaskRole({
        assumeRolePolicyDocument: trustingService('ecs-tasks.amazonaws.com', {
          StringEquals: { 'aws:SourceAccount': '000000000000' },
          ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:us-east-1:000000000000:*' },
        }),
      }),
      true,
    ],
    [
      'trusts them for another account',
      aTaskRole({
        assumeRolePolicyDocument: trustingService('ecs-tasks.amazonaws.com', {
          StringEquals: { 'aws:SourceAccount': '111111111111' },
        }),
      }),
      false,
    ],
    ['trusts another service', aTaskRole({ assumeRolePolicyDocument: trustingService('ec2.amazonaws.com') }), false],
    ['has another path', aTaskRole({ path: '/x/' }), false],
    ['has another name', aTaskRole({ roleName: 'another' }), false],
  ])('that %s', async (_what, role, isAssumable) => {
    expect(await refusedWith(role)).toBe(isAssumable ? undefined : ROLE)
  })

  it('is refused as soon as it trusts no more', async () => {
    const { credentials, store } = await minter([aTaskRole(), execution])
    const task = aTask()
    expect(credentials.forTask(task).refusedRoleArn).toBeUndefined()
    await store.transact((tx) => {
      tx.roles.update(aTaskRole().key, { assumeRolePolicyDocument: trustingService('ec2.amazonaws.com') })
    })
    expect(credentials.forTask(task)).toMatchObject({ refusedRoleArn: ROLE, roles: [{ roleType: 'TaskExecution' }] })
  })

  it('that is not there is taken for granted where that is asked for, but not one that is there and does not trust', async () => {
    const options = { takesRolesForGranted: true }
    const { credentials } = await minter([], options)
    const { roles, refusedRoleArn } = credentials.forTask(aTask())
    expect(refusedRoleArn).toBeUndefined()
    const { accessKeyId, sessionToken } = roles[1]!.roleCredentials
    expect(sessions.open(accessKeyId, sessionToken)?.principal.arn).toMatch(
      /^arn:aws:sts::000000000000:assumed-role\/ecsTaskExecutionRole\/[0-9a-f]{32}$/,
    )
    const distrustful = aTaskRole({ assumeRolePolicyDocument: trustingService('ec2.amazonaws.com') })
    const { credentials: others } = await minter([distrustful], options)
    expect(others.forTask(aTask()).refusedRoleArn).toBe(ROLE)
  })
})
