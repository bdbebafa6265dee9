import { describe, expect, it } from 'vitest'
import { aService, aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { seeded } from '../../../../test/seeded.ts'
import { taskSetArn } from '../../../model/arn.ts'
import { updateTaskSet } from './update-task-set.ts'

const service = aService({ deploymentController: 'EXTERNAL', desiredCount: 10 })
const revision = aServiceRevision()
const taskSet = aTaskSet(revision, { scalePercent: 0, stabilityStatus: 'STEADY_STATE' })
const input = { cluster: 'default', service: 'web', taskSet: taskSet.taskSetId, scale: { value: 11 } }
const withTaskSet = (given = {}, ofService = {}) =>
  seeded({ services: [{ ...service, ...ofService }], revisions: [revision], taskSets: [{ ...taskSet, ...given }] })

describe('UpdateTaskSet', () => {
  it.each([
    ['id', taskSet.taskSetId],
    ['ARN', taskSetArn(service.serviceArn, taskSet.taskSetId)],
  ])('changes the scale of a task set named by its %s', async (_by, name) => {
    const ecs = await withTaskSet()
    await ecs.clock.advance(1000)
    const answer = await ecs.call(updateTaskSet, { ...input, taskSet: name })
    const now = new Date(ecs.clock.now())
    expect(answer.taskSet).toMatchObject({
      id: taskSet.taskSetId,
      scale: { value: 11, unit: 'PERCENT' },
      computedDesiredCount: 2,
      stabilityStatus: 'STABILIZING',
      stabilityStatusAt: now,
      updatedAt: now,
      createdAt: new Date(taskSet.createdAt),
    })
  })

  it.each([
    ['a draining task set', { status: 'DRAINING' }, {}, 'InvalidParameterException'],
    ['a service that drains', {}, { status: 'DRAINING' }, 'ServiceNotActiveException'],
    ['another controller', {}, { deploymentController: 'ECS' }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, given, ofService, code) => {
    const ecs = await withTaskSet(given, ofService)
    await expect(ecs.call(updateTaskSet, input)).rejects.toMatchObject({ code })
  })

  it.each([
    ['an unknown task set', { taskSet: 'ecs-svc/1' }, 'TaskSetNotFoundException'],
    ['no task set', { taskSet: undefined }, 'InvalidParameterException'],
    ['no scale', { scale: undefined }, 'InvalidParameterException'],
    ['a scale above 100', { scale: { value: 101 } }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, given, code) => {
    const ecs = await withTaskSet()
    await expect(ecs.call(updateTaskSet, { ...input, ...given })).rejects.toMatchObject({ code })
  })
})
