import type { ContainerInstance, Deployment, Service, Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import type { RememberedGroup, RememberedPlan } from '../../controllers/service-scheduler/plan-memory.ts'
import type { Facts } from './facts.ts'
import type { LastPlan } from './last-plan.ts'
import { json, page } from './page.ts'
import { notes } from './notes.ts'
import { headline, reasons } from './reasons.ts'

const NOW = Date.UTC(2026, 0, 1, 10, 30, 53)
const ID = 'ecs-svc/1234567890123456789'
const DEFINITION = 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1'

const moment = (at: number) => new Date(at)

const aDeployment = (given: Partial<Deployment> = {}): Deployment => ({
  id: ID,
  status: 'PRIMARY',
  taskDefinition: DEFINITION,
  desiredCount: 4,
  runningCount: 3,
  pendingCount: 0,
  failedTasks: 0,
  rolloutState: 'IN_PROGRESS',
  ...given,
})

const aService = (given: Partial<Service> = {}): Service => ({
  serviceArn: 'arn:aws:ecs:us-east-1:000000000000:service/default/web',
  serviceName: 'web',
  clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
  status: 'ACTIVE',
  schedulingStrategy: 'REPLICA',
  desiredCount: 4,
  runningCount: 3,
  pendingCount: 0,
  deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
  deployments: [aDeployment()],
  events: [],
  ...given,
})

const aGroup = (given: Partial<RememberedGroup> = {}): RememberedGroup => ({
  holderId: ID,
  desiredCount: 4,
  plan: { starts: [], stops: [], hindrances: [] },
  placementFailures: [],
  counts: { starting: 0, running: 3, healthy: 3, stopping: 0 },
  ...given,
})

const aPlan = (...groups: readonly RememberedGroup[]): RememberedPlan => ({ at: NOW - 3000, groups, isSteady: false })

/** What the scheduler remembers is what the command reads. */
const read = (plan: RememberedPlan): LastPlan => plan

const someFacts = (given: Partial<Facts> & { readonly plan?: RememberedPlan } = {}): Facts => {
  const { plan, ...members } = given
  return {
    now: NOW,
    service: aService(),
    deployment: undefined,
    explanation: plan === undefined ? {} : { plan: read(plan) },
    tasks: [],
    stopped: [],
    instances: new Map(),
    draining: new Set(),
    definitions: new Map(),
    ...members,
  }
}

const hindered = (...hindrances: RememberedGroup['plan']['hindrances']): Facts =>
  someFacts({ plan: aPlan(aGroup({ plan: { starts: [], stops: [], hindrances } })) })

const anInstance = (id: string, memoryMiB: number, status = 'ACTIVE'): [string, ContainerInstance] => [
  id,
  {
    containerInstanceArn: `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${id}`,
    ec2InstanceId: `i-${id}`,
    status,
    remainingResources: [{ name: 'MEMORY', type: 'INTEGER', integerValue: memoryMiB }],
    attributes: [],
  },
]

const startFailure = (taskId: string, at: number): Task => ({
  taskArn: `arn:aws:ecs:us-east-1:000000000000:task/default/${taskId}`,
  startedBy: ID,
  lastStatus: 'STOPPED',
  stopCode: 'TaskFailedToStart',
  stoppedReason: 'Task failed to start',
  stoppedAt: moment(at),
  containers: [{ name: 'app', reason: 'CannotPullContainerError: no such image' }],
})

describe('the headline', () => {
  it('says what the service wants and has', () => {
    expect(headline(someFacts())).toBe('web wants 4 tasks and has 3 running.')
    const service = aService({ desiredCount: 1, runningCount: 0, pendingCount: 1 })
    expect(headline(someFacts({ service }))).toBe('web wants 1 task and has 0 running, 1 pending.')
    expect(headline(someFacts({ service: aService({ desiredCount: 0 }) }))).toBe('web wants 0 tasks and has 3 running.')
    const daemon = aService({ schedulingStrategy: 'DAEMON' })
    expect(headline(someFacts({ service: daemon }))).toBe(
      'web wants one task on each of 4 instances and has 3 running.',
    )
  })

  it('says since when a service is steady', () => {
    const plan = { at: NOW, groups: [], isSteady: true }
    const service = aService({ runningCount: 4 })
    const facts = someFacts({ service, explanation: { plan, steadySince: NOW - 90 * 60_000 } })
    expect(headline(facts)).toBe('web is steady since 09:00:53Z (90 min): all 4 tasks run.')
    expect(reasons(facts)).toEqual([])
    expect(page({ ...facts, stopped: [startFailure('b', NOW - 4000), startFailure('a', NOW - 60_000)] })).toContain(
      '\n- 2 tasks failed in the last 60 s, the last one 4 s ago (see below).\n',
    )
  })

  it('says that a service goes or is gone', () => {
    expect(headline(someFacts({ service: aService({ status: 'DRAINING', runningCount: 1 }) }))).toBe(
      'web is being deleted: 1 task of it still runs.',
    )
    const gone = someFacts({ service: aService({ status: 'INACTIVE' }) })
    expect([headline(gone), ...reasons(gone)]).toEqual(['web was deleted.'])
  })
})

describe('the reasons', () => {
  it('name the instances that refuse a task, and what they lack', () => {
    const refusal = (containerInstanceId: string, reason: string) => ({ containerInstanceId, reason })
    const group = aGroup({
      plan: { starts: [], stops: [], hindrances: [{ kind: 'placement', missing: 1 }] },
      placementFailures: [
        refusal('1', 'RESOURCE:MEMORY'),
        refusal('2', 'RESOURCE:MEMORY'),
        refusal('3', 'INACTIVE'),
        refusal('4', 'AGENT'),
      ],
    })
    const facts = someFacts({
      plan: aPlan(group),
      instances: new Map([anInstance('1', 128), anInstance('2', 512), anInstance('3', 8192, 'DRAINING')]),
      definitions: new Map([[DEFINITION, { containerDefinitions: [{ name: 'app', memory: 1024 }] }]]),
    })
    expect(reasons(facts)).toEqual([
      '1 task cannot be placed: 2 instances have too little memory (at most 512 MiB free, on i-2; 1024 needed), 1 is DRAINING, 1 has no connected agent.',
    ])
  })

  it('say that there is no instance at all', () => {
    const group = aGroup({
      placementFailures: [{ reason: 'MISSING' }],
      counts: { starting: 0, running: 0, healthy: 0, stopping: 0 },
    })
    expect(reasons(someFacts({ plan: aPlan(group) }))).toEqual([
      '4 tasks cannot be placed: the cluster has no container instance; start an agent that joins it.',
    ])
  })

  it('say what keeps all instances from taking tasks', () => {
    const refusal = { reason: 'No Container Instances were found in your cluster.' }
    const plan = aPlan(aGroup({ placementFailures: [refusal] }))
    const [id, instance] = anInstance('2', 8192)
    const instances = new Map([
      anInstance('1', 8192, 'DRAINING'),
      [id, { ...instance, agentConnected: false }] as const,
    ])
    expect(reasons(someFacts({ plan, instances }))).toEqual([
      '1 task cannot be placed: 1 instance is DRAINING, 1 has no connected agent.',
    ])
  })

  it('say why tasks keep failing to start, and when the next attempt is', () => {
    const facts = {
      ...hindered({ kind: 'throttled', until: NOW + 12_000 }),
      stopped: [startFailure('b', NOW - 4000), startFailure('a', NOW - 60_000)],
    }
    expect(reasons(facts)).toEqual([
      `Tasks of ${ID} keep failing to start: Task failed to start (app: CannotPullContainerError: no such image). The next attempt is at 10:31:05Z, in 12 s.`,
    ])
  })

  it('say what the rollout waits for', () => {
    const pending: Task = {
      startedBy: ID,
      desiredStatus: 'RUNNING',
      lastStatus: 'PENDING',
      containerInstanceArn: 'x',
      createdAt: moment(NOW - 12_000),
      pullStartedAt: moment(NOW - 11_000),
    }
    expect(reasons({ ...hindered({ kind: 'waitingForStarting', count: 1 }), tasks: [pending] })).toEqual([
      'Waits for 1 task to start: 1 PENDING (pulling its image) for 12 s.',
    ])
    expect(reasons(hindered({ kind: 'waitingForHealthy', count: 2, until: NOW + 12_000 }))).toEqual([
      'Waits for 2 tasks to settle: without a health check a task has to run a while before it counts; the last is there in 12 s.',
    ])
    expect(reasons(hindered({ kind: 'waitingForHealthy', count: 1 }))).toEqual([
      'Waits for 1 task to become HEALTHY: the health check of a container decides.',
    ])
    expect(reasons(hindered({ kind: 'waitingForStopping', count: 1 }))).toEqual(['Waits for 1 task to stop.'])
    expect(reasons(someFacts({ plan: { ...aPlan(), awaitsBalancers: true } }))).toEqual([
      'Rules shift traffic, and not every balancer has said yet that it goes by them.',
    ])
    expect(reasons(hindered({ kind: 'protected', count: 1, until: NOW + 600_000 }))).toEqual([
      '1 task is protected from being stopped, until 10:40:53Z (in 10 min); UpdateTaskProtection can end that.',
    ])
  })

  it('say what can be done where nothing can move', () => {
    const service = aService({
      desiredCount: 1,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
    })
    expect(reasons({ ...hindered({ kind: 'deadlock' }), service })).toEqual([
      'minimumHealthyPercent 50 (at least 1) and maximumPercent 150 (at most 1) leave no room to replace a task: raise the maximum or lower the minimum.',
    ])
    const failed = aService({
      deployments: [aDeployment({ rolloutState: 'FAILED', rolloutStateReason: 'tasks failed to start.' })],
    })
    expect(reasons({ ...hindered({ kind: 'failed' }), service: failed })).toEqual([
      `The deployment ${ID} has failed and starts no more tasks (tasks failed to start). Update the service to try again.`,
    ])
  })

  it('name the deployment where several stand in the way', () => {
    const waiting = (holderId: string) =>
      aGroup({ holderId, plan: { starts: [], stops: [], hindrances: [{ kind: 'waitingForStopping', count: 2 }] } })
    const deployments = [aDeployment(), aDeployment({ id: 'ecs-svc/2', status: 'ACTIVE' })]
    const facts = someFacts({ service: aService({ deployments }), plan: aPlan(waiting(ID), waiting('ecs-svc/2')) })
    expect(reasons(facts)).toEqual([
      `${ID} (web:1): Waits for 2 tasks to stop.`,
      'ecs-svc/2 (web:1): Waits for 2 tasks to stop.',
    ])
  })

  it('admit that the scheduler has not looked yet', () => {
    expect(reasons(someFacts())).toEqual([
      'The service scheduler has not looked at it since the server started; ask again in a moment.',
    ])
  })
})

describe('the notes', () => {
  it('tell of tasks whose hosts go or are lost, and of failures', () => {
    const tasks: Task[] = [
      { containerInstanceArn: 'going', connectivity: 'CONNECTED' },
      { connectivity: 'DISCONNECTED' },
    ]
    const stopped = [startFailure('b', NOW - 4000), startFailure('a', NOW - 3_600_000)]
    expect(notes({ ...hindered(), tasks, stopped, draining: new Set(['going']) })).toEqual([
      '1 task has to leave an instance that is DRAINING.',
      '1 task is on an instance whose agent is not connected; if that stays so, others are started elsewhere.',
      '1 task failed 4 s ago (see below).',
    ])
    expect(notes(someFacts())).toEqual([])
  })
})

describe('the page', () => {
  const facts = someFacts({
    service: aService({
      events: [
        {
          createdAt: moment(NOW - 1000),
          message: `(service web) (deployment ${ID}) deployment failed: tasks failed to start. And a long text follows it.`,
        },
      ],
    }),
    plan: {
      ...aPlan(aGroup({ plan: { starts: [{ holderId: ID, count: 1 }], stops: [], hindrances: [] } })),
      againAt: NOW + 12_000,
    },
    stopped: [startFailure('b', NOW - 4000), startFailure('a', NOW - 60_000)],
  })

  it('fits 100 columns and says all there is to say', () => {
    expect(page(facts)).toBe(
      [
        'web wants 4 tasks and has 3 running.',
        '- 2 tasks failed in the last 60 s, the last one 4 s ago (see below).',
        '',
        'DEPLOYMENT                   STATUS   DEFINITION  DESIRED  RUNNING  PENDING  FAILED  ROLLOUT',
        `${ID}  PRIMARY  web:1             4        3        0       0  IN_PROGRESS`,
        '',
        'Failed tasks',
        '  b and 1 before it, 4 s ago',
        '    Task failed to start (app: CannotPullContainerError: no such image)',
        '',
        'Last events',
        `  10:30:52Z  (service web) (deployment ${ID}) deployment failed: tasks failed`,
        '             to start. And a long text follows it.',
        '',
        'The scheduler looked 3 s ago and started 1 task. It looks again in 12 s, or as soon as something',
        'changes.',
        '',
      ].join('\n'),
    )
  })

  it('has the same as JSON', () => {
    expect(json(facts)).toMatchObject({
      serviceArn: 'arn:aws:ecs:us-east-1:000000000000:service/default/web',
      isSteady: false,
      summary: 'web wants 4 tasks and has 3 running.',
      reasons: [],
      failedTasks: [{ taskArns: [expect.stringMatching(/b$/), expect.stringMatching(/a$/)] }],
      plan: { at: NOW - 3000 },
    })
  })
})
