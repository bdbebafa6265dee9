import { describe, expect, it } from 'vitest'
import { aService, aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { seeded } from '../../../../test/seeded.ts'
import { updateServicePrimaryTaskSet } from './update-service-primary-task-set.ts'

const service = aService({ deploymentController: 'EXTERNAL' })
const revisions = [aServiceRevision(), aServiceRevision(), aServiceRevision()]
const primary = aTaskSet(revisions[0], { status: 'PRIMARY' })
const active = aTaskSet(revisions[1])
const draining = aTaskSet(revisions[2], { status: 'DRAINING' })
const withTaskSets = () => seeded({ services: [service], revisions, taskSets: [primary, active, draining] })
const input = { cluster: 'default', service: 'web' }

describe('UpdateServicePrimaryTaskSet', () => {
  it('makes one task set PRIMARY and the one that was ACTIVE', async () => {
    const ecs = await withTaskSets()
    await ecs.clock.advance(1000)
    const { taskSet } = await ecs.call(updateServicePrimaryTaskSet, { ...input, primaryTaskSet: active.taskSetId })
    expect(taskSet).toMatchObject({ id: active.taskSetId, status: 'PRIMARY', updatedAt: new Date(ecs.clock.now()) })
    expect([...ecs.store.tables.taskSets.rows()].map(({ status }) => status)).toEqual(['ACTIVE', 'PRIMARY', 'DRAINING'])
  })

  it('changes nothing where it is PRIMARY already', async () => {
    const ecs = await withTaskSets()
    await ecs.clock.advance(1000)
    await ecs.call(updateServicePrimaryTaskSet, { ...input, primaryTaskSet: primary.taskSetId })
    expect([...ecs.store.tables.taskSets.rows()]).toEqual([primary, active, draining])
  })

  it.each([
    ['one that drains', draining.taskSetId, 'InvalidParameterException'],
    ['an unknown one', 'ecs-svc/1', 'TaskSetNotFoundException'],
    ['none', undefined, 'InvalidParameterException'],
  ])('refuses %s', async (_what, primaryTaskSet, code) => {
    const ecs = await withTaskSets()
    await expect(ecs.call(updateServicePrimaryTaskSet, { ...input, primaryTaskSet })).rejects.toMatchObject({ code })
  })
})
