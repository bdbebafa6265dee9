import { describe, expect, it } from 'vitest'
import { aService, aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { seeded } from '../../../../test/seeded.ts'
import { taskSetArn } from '../../../model/arn.ts'
import { describeTaskSets } from './describe-task-sets.ts'

const service = aService({ deploymentController: 'EXTERNAL', desiredCount: 10 })
const revisions = [aServiceRevision(), aServiceRevision()]
const [first, second] = [
  aTaskSet(revisions[0], { tags: [{ key: 'team', value: 'a' }] }),
  aTaskSet(revisions[1], { status: 'PRIMARY' }),
]
const taskSets = [first, second]
const input = { cluster: 'default', service: 'web' }
const arnOf = (id: string): string => taskSetArn(service.serviceArn, id)

describe('DescribeTaskSets', () => {
  it('describes all of a service, or those that are named', async () => {
    const ecs = await seeded({ services: [service], revisions, taskSets })
    const all = await ecs.call(describeTaskSets, input)
    expect(all.taskSets?.map(({ id }) => id)).toEqual([first.taskSetId, second.taskSetId])
    const named = await ecs.call(describeTaskSets, {
      ...input,
      taskSets: [arnOf(second.taskSetId), 'ecs-svc/1', first.taskSetId],
    })
    expect(named.taskSets?.map(({ id }) => id)).toEqual([second.taskSetId, first.taskSetId])
    expect(named.failures).toEqual([{ arn: arnOf('ecs-svc/1'), reason: 'MISSING' }])
  })

  it('shows tags when they are asked for', async () => {
    const ecs = await seeded({ services: [service], revisions, taskSets })
    expect((await ecs.call(describeTaskSets, input)).taskSets?.[0]).not.toHaveProperty('tags')
    const answer = await ecs.call(describeTaskSets, { ...input, include: ['TAGS'] })
    expect(answer.taskSets?.[0]?.tags).toEqual(first.tags)
  })

  it('counts the tasks of each', async () => {
    const startedBy = first.taskSetId
    const tasks = [aTask({ startedBy }), aTask({ startedBy, lastStatus: 'RUNNING' })]
    const ecs = await seeded({ services: [service], revisions, taskSets, tasks })
    const answer = await ecs.call(describeTaskSets, input)
    expect(answer.taskSets).toMatchObject([
      { pendingCount: 1, runningCount: 1 },
      { pendingCount: 0, runningCount: 0 },
    ])
  })

  it.each([
    [100, 10, 10],
    [11, 10, 2],
    [0.1, 10, 1],
    [0, 10, 0],
    [0.07, 10_000, 7],
  ])('rounds %s percent of %s up to %s', async (scalePercent, desiredCount, expected) => {
    const scaled = aTaskSet(revisions[0], { scalePercent })
    const ecs = await seeded({ services: [{ ...service, desiredCount }], revisions, taskSets: [scaled] })
    expect((await ecs.call(describeTaskSets, input)).taskSets?.[0]?.computedDesiredCount).toBe(expected)
  })

  it.each([
    ['the ECS controller', { deploymentController: 'ECS' }, 'InvalidParameterException'],
    ['a service that is gone', { status: 'INACTIVE' }, 'ServiceNotActiveException'],
  ] as const)('refuses %s', async (_what, given, code) => {
    const ecs = await seeded({ services: [{ ...service, ...given }] })
    await expect(ecs.call(describeTaskSets, input)).rejects.toMatchObject({ code })
  })
})
