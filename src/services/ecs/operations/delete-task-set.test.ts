import { describe, expect, it } from 'vitest'
import { aService, aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { seeded } from '../../../../test/seeded.ts'
import type { TaskRecord } from '../../../model/records.ts'
import type { TaskSetRecord } from '../../../model/service-records.ts'
import { deleteTaskSet } from './delete-task-set.ts'

const service = aService({ deploymentController: 'EXTERNAL', desiredCount: 2 })
const revision = aServiceRevision()
const { taskSetId } = aTaskSet(revision)
const input = { cluster: 'default', service: 'web', taskSet: taskSetId }
const ofTaskSet = (given: Partial<TaskRecord>): TaskRecord =>
  aTask({ startedBy: taskSetId, group: 'service:web', ...given })
const withTaskSet = (given: Partial<TaskSetRecord>, tasks: readonly TaskRecord[] = []) =>
  seeded({ services: [service], revisions: [revision], taskSets: [aTaskSet(revision, given)], tasks })

describe('DeleteTaskSet', () => {
  it('removes one that has no tasks', async () => {
    const stopped = ofTaskSet({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })
    const ecs = await withTaskSet({ scalePercent: 0 }, [stopped])
    const { taskSet } = await ecs.call(deleteTaskSet, input)
    expect(taskSet).toMatchObject({ id: taskSetId, status: 'DRAINING', computedDesiredCount: 0 })
    expect(ecs.store.tables.taskSets.size).toBe(0)
  })

  it.each([
    ['run', { lastStatus: 'RUNNING' }, 1],
    ['are stopping', { lastStatus: 'RUNNING', desiredStatus: 'STOPPED' }, 0],
  ] as const)('lets one drain whose tasks %s', async (_what, task, runningCount) => {
    const ecs = await withTaskSet({ scalePercent: 100 }, [ofTaskSet(task)])
    await ecs.clock.advance(1000)
    const { taskSet } = await ecs.call(deleteTaskSet, { ...input, force: true })
    expect(taskSet).toMatchObject({
      status: 'DRAINING',
      computedDesiredCount: 0,
      runningCount,
      stabilityStatus: 'STABILIZING',
      updatedAt: new Date(ecs.clock.now()),
    })
    const before = ecs.store.tables.taskSets.get(taskSetId)
    expect(before?.status).toBe('DRAINING')
    await ecs.clock.advance(1000)
    await ecs.call(deleteTaskSet, input)
    expect(ecs.store.tables.taskSets.get(taskSetId)).toEqual(before)
  })

  it.each([
    ['is to have tasks', { scalePercent: 1 }],
    ['is PRIMARY', { scalePercent: 0, status: 'PRIMARY' }],
  ] as const)('needs force for one that %s', async (_what, given) => {
    const ecs = await withTaskSet(given)
    await expect(ecs.call(deleteTaskSet, input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining('Use force'),
    })
    expect((await ecs.call(deleteTaskSet, { ...input, force: true })).taskSet?.status).toBe('DRAINING')
  })

  it('refuses an unknown one', async () => {
    const ecs = await withTaskSet({})
    await expect(ecs.call(deleteTaskSet, { ...input, taskSet: 'ecs-svc/1' })).rejects.toMatchObject({
      code: 'TaskSetNotFoundException',
      message: 'The specified task set does not exist.',
    })
  })
})
