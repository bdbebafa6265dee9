import type { CreateServiceRequest, LoadBalancer } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import {
  ADDRESSES,
  BALANCED_DEFINITIONS,
  BLUE,
  GREEN,
  IN_BLUE,
  insertLoadBalancer,
  PRODUCTION_RULE,
  SHIFTING,
  UNUSED,
} from '../../../test/balanced-services.ts'
import { described, FARGATE, WEB } from '../../../test/ecs-services.ts'
import { seeded } from '../../../test/seeded.ts'
import { createService } from './operations/create-service.ts'
import { createTaskSet } from './operations/create-task-set.ts'
import { describeServiceRevisions } from './operations/describe-service-revisions.ts'
import { updateService } from './operations/update-service.ts'

const LINKED_ROLE = 'arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'

const balanced = async () => {
  const ecs = await seeded({ definitions: BALANCED_DEFINITIONS })
  await ecs.store.transact(insertLoadBalancer)
  const create = async (given: Partial<CreateServiceRequest> = {}) =>
    (await ecs.call(createService, { ...WEB, loadBalancers: [IN_BLUE], ...given })).service
  const revisions = () => [...ecs.store.tables.serviceRevisions.rows()]
  return { ...ecs, create, revisions }
}

describe('load balancers of a service', () => {
  it('belong to its revision and are described with it', async () => {
    const ecs = await balanced()
    await ecs.create()

    expect(await described(ecs)).toMatchObject({ loadBalancers: [IN_BLUE], roleArn: LINKED_ROLE })
    const serviceRevisionArns = ecs.revisions().map(({ serviceRevisionArn }) => serviceRevisionArn)
    const { serviceRevisions } = await ecs.call(describeServiceRevisions, { serviceRevisionArns })
    expect(serviceRevisions).toMatchObject([
      {
        loadBalancers: [IN_BLUE],
        resolvedConfiguration: { loadBalancers: [{ targetGroupArn: BLUE.targetGroupArn }] },
      },
    ])
  })

  it.each<[string, LoadBalancer, string]>([
    ['no target group', { containerName: 'app', containerPort: 8080 }, 'You must specify either a loadBalancerName'],
    ['a Classic Load Balancer', { loadBalancerName: 'old' }, 'Classic Load Balancers are not supported.'],
    ['both kinds', { ...IN_BLUE, loadBalancerName: 'old' }, 'cannot both be specified'],
    ['no container', { targetGroupArn: BLUE.targetGroupArn, containerPort: 80 }, 'containerName cannot be empty.'],
    ['no port', { targetGroupArn: BLUE.targetGroupArn, containerName: 'app' }, 'containerPort cannot be empty.'],
    ['another container', { ...IN_BLUE, containerName: 'x' }, 'The container x does not exist in the task definition.'],
    ['another port', { ...IN_BLUE, containerPort: 81 }, 'The container app did not have a container port 81 defined.'],
    ['an unknown target group', { ...IN_BLUE, targetGroupArn: 'arn:x' }, 'arn:x does not exist.'],
    [
      'a target group of addresses',
      { ...IN_BLUE, targetGroupArn: ADDRESSES.targetGroupArn },
      'has target type ip, which is incompatible with the bridge network mode specified in the task definition.',
    ],
    [
      'a target group that no load balancer uses',
      { ...IN_BLUE, targetGroupArn: UNUSED.targetGroupArn },
      `The target group with targetGroupArn ${UNUSED.targetGroupArn} does not have an associated load balancer.`,
    ],
    [
      'one group for both colours',
      { ...IN_BLUE, advancedConfiguration: { ...SHIFTING, alternateTargetGroupArn: BLUE.targetGroupArn } },
      'must be another target group',
    ],
    [
      'an unknown rule',
      { ...IN_BLUE, advancedConfiguration: { ...SHIFTING, productionListenerRule: 'arn:x' } },
      'The productionListenerRule arn:x does not exist.',
    ],
    ['no role', { ...IN_BLUE, advancedConfiguration: { ...SHIFTING, roleArn: '' } }, 'roleArn is required'],
  ])('are refused with %s', async (_what, loadBalancer, message) => {
    const ecs = await balanced()
    await expect(ecs.create({ loadBalancers: [loadBalancer] })).rejects.toThrow(message)
  })

  it('are refused where the rule carries traffic of others', async () => {
    const ecs = await balanced()
    await ecs.store.transact((tx) =>
      tx.rules.update(PRODUCTION_RULE.ruleArn, {
        actions: [{ Type: 'forward', TargetGroupArn: ADDRESSES.targetGroupArn }],
      }),
    )
    const loadBalancers = [{ ...IN_BLUE, advancedConfiguration: SHIFTING }]
    await expect(ecs.create({ loadBalancers })).rejects.toThrow('does not forward to the target groups of the service')
  })

  it('are addresses for tasks with network interfaces', async () => {
    const ecs = await balanced()
    const inAddresses = { ...IN_BLUE, targetGroupArn: ADDRESSES.targetGroupArn }
    await expect(ecs.create(FARGATE)).rejects.toThrow('has target type instance, which is incompatible with the awsvpc')
    expect(await ecs.create({ ...FARGATE, loadBalancers: [inAddresses] })).toMatchObject({
      loadBalancers: [inAddresses],
    })
  })

  it('take a role of the customer where one target group is all there is', async () => {
    const ecs = await balanced()
    const two = [IN_BLUE, { ...IN_BLUE, targetGroupArn: GREEN.targetGroupArn }]
    await expect(ecs.create({ role: 'balancing', loadBalancers: two })).rejects.toThrow('require a service linked role')
    await expect(ecs.create({ role: 'balancing', loadBalancers: [] })).rejects.toThrow('do not use a load balancer')
    const service = await ecs.create({ role: 'balancing' })
    expect(service?.roleArn).toBe('arn:aws:iam::000000000000:role/balancing')
  })

  it('need both target groups where traffic is shifted', async () => {
    const ecs = await balanced()
    const deploymentConfiguration = { strategy: 'LINEAR' as const }
    await expect(ecs.create({ deploymentConfiguration })).rejects.toMatchObject({
      code: 'ClientException',
      message:
        'advancedConfiguration field is required for all loadBalancers when using the linear deployment strategy',
    })
  })

  it('are those of a new deployment once they change, and go with an empty list', async () => {
    const ecs = await balanced()
    await ecs.create()
    const inGreen = { ...IN_BLUE, targetGroupArn: GREEN.targetGroupArn }
    const update = (loadBalancers: LoadBalancer[]) => ecs.call(updateService, { service: 'web', loadBalancers })

    expect((await update([IN_BLUE])).service?.deployments).toHaveLength(1)
    expect((await update([inGreen])).service).toMatchObject({ loadBalancers: [inGreen], deployments: [{}, {}] })
    const { service } = await update([])
    expect(service).toMatchObject({ loadBalancers: [], deployments: [{}, {}, {}] })
    expect(service?.roleArn).toBeUndefined()
  })

  it('stay when the task definition changes, which has to have the port', async () => {
    const ecs = await balanced()
    await ecs.create()
    const { service } = await ecs.call(updateService, { service: 'web', taskDefinition: 'web:2' })
    expect(service?.loadBalancers).toEqual([IN_BLUE])
  })

  it('lead every other revision to the alternate target group, unless tasks replace each other', async () => {
    const ecs = await balanced()
    const loadBalancers = [{ ...IN_BLUE, advancedConfiguration: SHIFTING }]
    const strategy = (name: 'BLUE_GREEN' | 'ROLLING') => ({ strategy: name, bakeTimeInMinutes: 0 })
    await ecs.create({ loadBalancers, deploymentConfiguration: strategy('BLUE_GREEN') })
    const update = (name: 'BLUE_GREEN' | 'ROLLING') =>
      ecs.call(updateService, { service: 'web', forceNewDeployment: true, deploymentConfiguration: strategy(name) })
    await update('BLUE_GREEN')
    await update('ROLLING')
    const groups = ecs.revisions().map(({ loadBalancers: [one] = [] }) => one?.resolvedTargetGroupArn)
    expect(groups).toEqual([undefined, GREEN.targetGroupArn, GREEN.targetGroupArn])
    expect(await described(ecs)).toMatchObject({ loadBalancers })
  })

  it('are of task sets where those make the deployments', async () => {
    const ecs = await balanced()
    const EXTERNAL = { serviceName: 'web', desiredCount: 1, deploymentController: { type: 'EXTERNAL' as const } }
    await expect(ecs.call(createService, { ...EXTERNAL, loadBalancers: [IN_BLUE] })).rejects.toThrow('CreateTaskSet')
    await ecs.call(createService, EXTERNAL)
    const { taskSet } = await ecs.call(createTaskSet, {
      cluster: 'default',
      service: 'web',
      taskDefinition: 'web:1',
      loadBalancers: [IN_BLUE],
    })
    expect(taskSet?.loadBalancers).toEqual([IN_BLUE])
  })
})
