import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { userCaller } from '../../../test/builders/a-principal.ts'
import { aRole, aUser } from '../../../test/builders/a-role.ts'
import { aService } from '../../../test/builders/a-service.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { ACCOUNT, type EcsHarness, ecsHarness } from '../../../test/ecs-context.ts'
import { accountSettingKey, rootArn } from '../../model/account-settings.ts'
import { containerInstanceArn, roleArn, taskArn } from '../../model/arn.ts'
import { PolicyGuard } from '../authorization.ts'
import type { EcsOperation } from './context.ts'
import { createCluster } from './operations/create-cluster.ts'
import { createService } from './operations/create-service.ts'
import { createTaskSet } from './operations/create-task-set.ts'
import { describeServiceDeployments } from './operations/describe-service-deployments.ts'
import { describeTasks } from './operations/describe-tasks.ts'
import { listTasks } from './operations/list-tasks.ts'
import { putAccountSetting } from './operations/put-account-setting.ts'
import { registerTaskDefinition } from './operations/register-task-definition.ts'
import { runTask } from './operations/run-task.ts'
import { startTask } from './operations/start-task.ts'
import { stopTask } from './operations/stop-task.ts'
import { tagResource } from './operations/tag-resource.ts'
import { updateService } from './operations/update-service.ts'

const CLUSTER = aCluster().clusterArn
const [TASK_ROLE, EXECUTION_ROLE, OTHER_ROLE] = ['app', 'pull', 'admin'].map((name) => roleArn(ACCOUNT, name))
const INSTANCE = containerInstanceArn(CLUSTER, 'i1')
const task = aTask({ tags: [{ key: 'Stage', value: 'test' }] })
const TASK = taskArn(CLUSTER, task.taskId)

/** `web:1` has no roles, `roles:1` has two. */
const definitions = [
  aTaskDefinition({ family: 'web', cpu: '256' }),
  aTaskDefinition({ family: 'roles', taskRoleArn: TASK_ROLE!, executionRoleArn: EXECUTION_ROLE! }),
]
const NEW = `arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/new:1`
const [WEB, ROLES] = definitions.map(({ taskDefinitionArn }) => taskDefinitionArn)

let harness: EcsHarness
beforeEach(async () => {
  harness = await ecsHarness({ guard: new PolicyGuard() })
  await harness.store.transact((tx) => {
    tx.clusters.put(aCluster())
    tx.containerInstances.put(aContainerInstance({ containerInstanceId: 'i1' }))
    for (const definition of definitions) {
      tx.taskDefinitions.put(definition)
      const familyArn = definition.taskDefinitionArn.replace(/:1$/, '')
      tx.taskDefinitionFamilies.put({ familyArn, latestRevision: 1 })
    }
    tx.tasks.put(task)
    tx.services.put(aService({ serviceName: 'web' }))
    tx.services.put(aService({ serviceName: 'sets', deploymentController: 'EXTERNAL' }))
  })
})

const anAllowance = (action: string, given: object = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: '*',
  ...given,
})

/** What a user with these statements is told: `done`, the code of another fault, or what it may not do. */
const told = async <Input extends object>(
  statements: readonly object[],
  name: string,
  operation: EcsOperation<Input>,
  input: Input,
): Promise<string> => {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await harness.store.transact((tx) => void tx.users.put(aUser({ inlinePolicies: { p: document } })))
  try {
    await harness.call(operation, input, { principal: userCaller() }, name)
    return 'done'
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string }
    return /perform: (.+) because/.exec(message)?.[1] ?? code
  }
}

const PASSING = (arn: string, service = 'ecs-tasks.amazonaws.com') =>
  anAllowance('iam:PassRole', { Resource: arn, Condition: { StringEquals: { 'iam:PassedToService': service } } })

describe('iam:PassRole', () => {
  const family = 'new'
  const containerDefinitions = [{ name: 'app', image: 'busybox', memory: 64 }]
  const service = { desiredCount: 0, taskDefinition: ROLES! }
  const managedEBSVolume = { roleArn: OTHER_ROLE!, sizeInGiB: 1 }

  it.each<[string, string, EcsOperation<never>, object, string]>([
    [
      'the task role of a definition',
      'RegisterTaskDefinition',
      registerTaskDefinition,
      { family, containerDefinitions, taskRoleArn: TASK_ROLE },
      TASK_ROLE!,
    ],
    [
      'a task role by its name',
      'RegisterTaskDefinition',
      registerTaskDefinition,
      { family, containerDefinitions, taskRoleArn: 'app' },
      TASK_ROLE!,
    ],
    [
      'the execution role of a definition',
      'RegisterTaskDefinition',
      registerTaskDefinition,
      { family, containerDefinitions, executionRoleArn: EXECUTION_ROLE },
      EXECUTION_ROLE!,
    ],
    [
      'the overriding role of RunTask',
      'RunTask',
      runTask,
      { taskDefinition: WEB, overrides: { taskRoleArn: OTHER_ROLE } },
      OTHER_ROLE!,
    ],
    [
      'the overriding execution role of StartTask',
      'StartTask',
      startTask,
      { taskDefinition: WEB, containerInstances: ['i1'], overrides: { executionRoleArn: OTHER_ROLE } },
      OTHER_ROLE!,
    ],
  ])('is needed for %s', async (_what, name, operation, input, role) => {
    const action = anAllowance(`ecs:${name}`)
    const call = (statements: object[]) => told(statements, name, operation as unknown as EcsOperation<object>, input)
    expect(await call([action])).toBe(`iam:PassRole on resource: ${role}`)
    expect(await call([action, PASSING(`${role}x`)])).toBe(`iam:PassRole on resource: ${role}`)
    expect(await call([action, PASSING(role, 'ec2.amazonaws.com')])).toBe(`iam:PassRole on resource: ${role}`)
    expect(await call([action, PASSING(role)])).not.toMatch(/PassRole|AccessDenied/)
  })

  it.each<[string, EcsOperation<never>, object]>([
    ['RunTask', runTask, { taskDefinition: 'roles' }],
    ['StartTask', startTask, { taskDefinition: 'roles:1', containerInstances: ['i1'] }],
    ['CreateService', createService, { serviceName: 'new', ...service }],
    ['UpdateService', updateService, { service: 'web', taskDefinition: 'roles' }],
    ['CreateTaskSet', createTaskSet, { service: 'sets', taskDefinition: ROLES! }],
  ])('%s needs it for both roles of the definition', async (name, operation, input) => {
    const action = anAllowance(`ecs:${name}`)
    const call = (...statements: object[]) =>
      told([action, ...statements], name, operation as unknown as EcsOperation<object>, input)
    expect(await call()).toBe(`iam:PassRole on resource: ${TASK_ROLE}`)
    expect(await call(PASSING(TASK_ROLE!))).toBe(`iam:PassRole on resource: ${EXECUTION_ROLE}`)
    expect(await call(PASSING(TASK_ROLE!), PASSING(EXECUTION_ROLE!))).not.toMatch(/PassRole|AccessDenied/)
  })

  it('is not needed for roles that are overridden, nor for what is not handed over', async () => {
    const overrides = { taskRoleArn: OTHER_ROLE, executionRoleArn: OTHER_ROLE }
    const run = [anAllowance('ecs:RunTask'), PASSING(OTHER_ROLE!)]
    expect(await told(run, 'RunTask', runTask, { taskDefinition: 'roles', overrides })).toBe('done')
    const update = [anAllowance('ecs:UpdateService')]
    expect(await told(update, 'UpdateService', updateService, { service: 'web', desiredCount: 1 })).not.toMatch(
      /PassRole/,
    )
  })

  it('names ECS itself for the roles that ECS uses', async () => {
    const volumeConfigurations = [{ name: 'data', managedEBSVolume }]
    const input = { serviceName: 'new', taskDefinition: 'web', desiredCount: 0, volumeConfigurations }
    const create = anAllowance('ecs:CreateService')
    const passing = (service: string) => [create, PASSING(OTHER_ROLE!, service)]
    const call = (statements: object[]) => told(statements, 'CreateService', createService, input)
    expect(await call(passing('ecs-tasks.amazonaws.com'))).toBe(`iam:PassRole on resource: ${OTHER_ROLE}`)
    expect(await call(passing('ecs.amazonaws.com'))).toBe('UnsupportedFeatureException')
  })

  it('is about the path that a role has, if it is named without', async () => {
    const role = aRole({ roleName: 'deep', path: '/team/' })
    await harness.store.transact((tx) => void tx.roles.put(role))
    const input = { family, containerDefinitions, taskRoleArn: 'deep' }
    const register = anAllowance('ecs:RegisterTaskDefinition')
    const call = (...statements: object[]) =>
      told([register, ...statements], 'RegisterTaskDefinition', registerTaskDefinition, input)
    expect(await call()).toBe(`iam:PassRole on resource: ${role.arn}`)
    expect(await call(PASSING(role.arn))).toBe('done')
    expect(harness.store.tables.taskDefinitions.get(NEW)?.taskRoleArn).toBe(role.arn)
  })
})

describe('conditions', () => {
  it('are about the tags that a task has', async () => {
    const stop = (value: string) =>
      told(
        [anAllowance('ecs:StopTask', { Condition: { StringEquals: { 'aws:ResourceTag/Stage': value } } })],
        'StopTask',
        stopTask,
        { task: TASK },
      )
    expect(await stop('prod')).toBe(`ecs:StopTask on resource: ${TASK}`)
    expect(await stop('test')).toBe('done')
  })

  it('are about the cluster of a launch', async () => {
    const run = (cluster: string) =>
      told([anAllowance('ecs:RunTask', { Condition: { ArnEquals: { 'ecs:cluster': cluster } } })], 'RunTask', runTask, {
        taskDefinition: 'web',
      })
    expect(await run(`${CLUSTER}x`)).toBe(`ecs:RunTask on resource: ${WEB}`)
    expect(await run(CLUSTER)).toBe('done')
  })

  it('are about the tags that a service is to have, which is to be tagged then', async () => {
    const input = {
      serviceName: 'new',
      taskDefinition: 'web',
      desiredCount: 0,
      tags: [{ key: 'Stage', value: 'test' }],
    }
    const service = `arn:aws:ecs:us-east-1:${ACCOUNT}:service/default/new`
    const tagged = (value: string) => ({ Condition: { StringEquals: { 'aws:RequestTag/Stage': value } } })
    const call = (...statements: object[]) => told(statements, 'CreateService', createService, input)
    expect(await call(anAllowance('ecs:CreateService', tagged('prod')))).toBe(
      `ecs:CreateService on resource: ${service}`,
    )
    const create = anAllowance('ecs:CreateService', tagged('test'))
    expect(await call(create)).toBe(`ecs:TagResource on resource: ${service}`)
    const tagging = (action: string) =>
      anAllowance('ecs:TagResource', { Condition: { StringEquals: { 'ecs:CreateAction': action } } })
    expect(await call(create, tagging('RunTask'))).toBe(`ecs:TagResource on resource: ${service}`)
    expect(await call(create, tagging('CreateService'))).toBe('done')
  })

  it('do not need ecs:TagResource if the account has turned that off', async () => {
    const name = 'tagResourceAuthorization'
    const principalArn = rootArn(ACCOUNT)
    const setting = { key: accountSettingKey('us-east-1', name, principalArn), name, value: 'off', principalArn }
    await harness.store.transact((tx) => void tx.accountSettings.put(setting))
    const input = { clusterName: 'new', tags: [{ key: 'Stage', value: 'test' }] }
    expect(await told([anAllowance('ecs:CreateCluster')], 'CreateCluster', createCluster, input)).toBe('done')
  })

  it.each<[string, string, EcsOperation<never>, object, object]>([
    [
      'ecs:container-instances',
      'StartTask',
      startTask,
      { taskDefinition: 'web', containerInstances: ['i1'] },
      { ArnEquals: { 'ecs:container-instances': INSTANCE } },
    ],
    [
      'ecs:task-definition',
      'UpdateService',
      updateService,
      { service: 'web', taskDefinition: 'web' },
      { ArnEquals: { 'ecs:task-definition': WEB } },
    ],
    [
      'ecs:task-cpu',
      'UpdateService',
      updateService,
      { service: 'web', taskDefinition: 'web' },
      { NumericEquals: { 'ecs:task-cpu': '256' } },
    ],
    [
      'ecs:enable-execute-command',
      'RunTask',
      runTask,
      { taskDefinition: 'web' },
      { StringEquals: { 'ecs:enable-execute-command': 'false' } },
    ],
    [
      'ecs:account-setting',
      'PutAccountSetting',
      putAccountSetting,
      { name: 'containerInsights', value: 'enabled' },
      { StringEquals: { 'ecs:account-setting': 'containerInsights' } },
    ],
    [
      'aws:TagKeys',
      'TagResource',
      tagResource,
      { resourceArn: TASK, tags: [{ key: 'Team', value: 'a' }] },
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] } },
    ],
    ['ecs:cluster of a list', 'ListTasks', listTasks, {}, { ArnEquals: { 'ecs:cluster': CLUSTER } }],
  ])('can ask for %s', async (_key, name, operation, input, condition) => {
    const call = (test: object) =>
      told([anAllowance(`ecs:${name}`, { Condition: test })], name, operation as unknown as EcsOperation<object>, input)
    expect(await call(condition)).not.toMatch(/ on resource: /)
    const negated = Object.fromEntries(
      Object.entries(condition).map(([operator, keys]) => [operator.replace('Equals', 'NotEquals'), keys]),
    )
    expect(await call(negated)).toBe(`ecs:${name} on resource: ${await resourceOf(name, operation, input)}`)
  })

  const resourceOf = async (name: string, operation: EcsOperation<never>, input: object): Promise<string | undefined> =>
    (await told([anAllowance('iam:*')], name, operation as unknown as EcsOperation<object>, input)).split(' ').at(-1)
})

describe('what a request names', () => {
  it('is asked for one by one', async () => {
    const other = aTask()
    await harness.store.transact((tx) => void tx.tasks.put(other))
    const tasks = [task.taskId, other.taskId]
    const allowed = anAllowance('ecs:DescribeTasks', { Resource: TASK })
    expect(await told([allowed], 'DescribeTasks', describeTasks, { tasks })).toBe(
      `ecs:DescribeTasks on resource: ${taskArn(CLUSTER, other.taskId)}`,
    )
    expect(await told([allowed], 'DescribeTasks', describeTasks, { tasks: [task.taskId] })).toBe('done')
  })

  it('is the same by its id, its ARN, and its ARN of the first format', async () => {
    const allowed = [anAllowance('ecs:StopTask', { Resource: TASK })]
    const old = `arn:aws:ecs:us-east-1:${ACCOUNT}:task/${task.taskId}`
    for (const named of [task.taskId, TASK, old])
      expect(await told(allowed, 'StopTask', stopTask, { task: named })).toBe('done')
  })

  it('is the latest revision of a family', async () => {
    const allowed = [anAllowance('ecs:RunTask', { Resource: WEB })]
    for (const taskDefinition of ['web', 'web:1', WEB!, WEB!.replace(/:1$/, '')])
      expect(await told(allowed, 'RunTask', runTask, { taskDefinition })).toBe('done')
  })

  it('belongs to a service that is asked for, too', async () => {
    const arn = `arn:aws:ecs:us-east-1:${ACCOUNT}:service-deployment/default/web/d1`
    const service = `arn:aws:ecs:us-east-1:${ACCOUNT}:service/default/web`
    const call = (...resources: string[]) =>
      told(
        [anAllowance('ecs:DescribeServiceDeployments', { Resource: resources })],
        'DescribeServiceDeployments',
        describeServiceDeployments,
        { serviceDeploymentArns: [arn] },
      )
    expect(await call(arn)).toBe(`ecs:DescribeServiceDeployments on resource: ${service}`)
    expect(await call(service)).toBe(`ecs:DescribeServiceDeployments on resource: ${arn}`)
    expect(await call(arn, service)).toBe('done')
  })

  it.each([
    ['an id that is none', { task: 'not an id' }, `task/default/not an id`],
    ['a wildcard', { task: '*' }, 'task/default/*'],
    ['another kind of ARN', { task: CLUSTER }, 'task/default/default'],
    ['a cluster that is none', { cluster: 'a b', task: task.taskId }, `task/a b/${task.taskId}`],
    ['nothing', { task: '' }, 'task/default/*'],
  ])('is refused, or told to be wrong, but not allowed: %s', async (_what, input, resource) => {
    const arn = `arn:aws:ecs:us-east-1:${ACCOUNT}:${resource}`
    const mine = anAllowance('ecs:StopTask', { Resource: TASK })
    expect(await told([mine], 'StopTask', stopTask, input)).toBe(`ecs:StopTask on resource: ${arn}`)
    expect(await told([anAllowance('ecs:StopTask')], 'StopTask', stopTask, input)).toMatch(
      /InvalidParameter|ClusterNotFound/,
    )
  })

  it('of another account is not the caller’s', async () => {
    const arn = TASK.replace(ACCOUNT, '111111111111')
    expect(await told([anAllowance('*')], 'StopTask', stopTask, { task: arn })).toBe(`ecs:StopTask on resource: ${arn}`)
  })

  it('is never another resource than the one that is allowed, whatever it is called', async () => {
    const others = [aTask(), aTask()]
    await harness.store.transact((tx) => others.forEach((other) => tx.tasks.put(other)))
    const pieces = fc.constantFrom('arn:aws:ecs', 'us-east-1', ACCOUNT, 'task', 'cluster', 'default', '*', '/', ':', '')
    const ids = fc.constantFrom(task.taskId, ...others.map(({ taskId }) => taskId), 'x')
    const identifier = fc.oneof(
      ids,
      ids.map((id) => taskArn(CLUSTER, id)),
      fc.string(),
      fc.array(fc.oneof(pieces, ids), { maxLength: 12 }).map((parts) => parts.join(':')),
      fc
        .tuple(fc.constantFrom(TASK, CLUSTER), fc.nat(60), pieces)
        .map(([arn, at, piece]) => arn.slice(0, at) + piece + arn.slice(at)),
    )
    const mine = [anAllowance('ecs:StopTask', { Resource: TASK })]
    await fc.assert(
      fc.asyncProperty(identifier, fc.option(identifier, { nil: undefined }), async (named, cluster) => {
        await told(mine, 'StopTask', stopTask, { task: named, cluster })
        for (const { taskId } of others) expect(harness.store.tables.tasks.get(taskId)?.desiredStatus).toBe('RUNNING')
      }),
      { numRuns: 300 },
    )
  })
})
