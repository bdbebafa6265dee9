import { describe, expect, it } from 'vitest'
import { aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { described, withService } from '../../../../test/ecs-services.ts'
import { deleteService } from './delete-service.ts'

const WEB_ARN = 'arn:aws:ecs:us-east-1:000000000000:service/default/web'

describe('DeleteService', () => {
  it('refuses a service that is to have tasks, unless forced', async () => {
    const ecs = await withService()

    await expect(ecs.call(deleteService, { service: 'web' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'The service cannot be stopped while it is scaled above 0.',
    })
    expect(await ecs.call(deleteService, { service: WEB_ARN, force: true })).toMatchObject({
      service: { status: 'DRAINING', desiredCount: 0, deployments: [{ status: 'PRIMARY', desiredCount: 0 }] },
    })
  })

  it('leaves the service DRAINING, its tasks to the scheduler, and its deployment at an end', async () => {
    const ecs = await withService({ desiredCount: 0 })
    const id = (await described(ecs)).deployments?.[0]?.id ?? ''
    await ecs.store.transact((tx) =>
      tx.tasks.insert(aTask({ startedBy: id, group: 'service:web', lastStatus: 'RUNNING' })),
    )

    const { service } = await ecs.call(deleteService, { service: 'web' })

    expect(service).toMatchObject({ status: 'DRAINING', runningCount: 1 })
    expect(ecs.store.tables.serviceDeployments.find('byService', WEB_ARN)).toMatchObject([
      { status: 'STOPPED', statusReason: 'The service was deleted.' },
    ])
    expect(await ecs.call(deleteService, { service: 'web' })).toEqual({ service })
  })

  it('needs no force for a DAEMON service, which nobody can scale', async () => {
    const ecs = await withService({ schedulingStrategy: 'DAEMON', desiredCount: undefined })
    await ecs.store.transact((tx) => tx.services.update(WEB_ARN, { desiredCount: 3 }))

    expect(await ecs.call(deleteService, { service: 'web' })).toMatchObject({ service: { desiredCount: 0 } })
  })

  it('refuses a service with task sets; forced, these drain', async () => {
    const ecs = await withService({
      deploymentController: { type: 'EXTERNAL' },
      taskDefinition: undefined,
      desiredCount: 0,
    })
    const revision = aServiceRevision()
    await ecs.store.transact((tx) => {
      tx.serviceRevisions.insert(revision)
      tx.taskSets.insert(aTaskSet(revision))
    })

    await expect(ecs.call(deleteService, { service: 'web' })).rejects.toMatchObject({
      message: 'The service cannot be stopped while deployments are active.',
    })
    expect(await ecs.call(deleteService, { service: 'web', force: true })).toMatchObject({
      service: { status: 'DRAINING', taskSets: [{ status: 'DRAINING', computedDesiredCount: 0 }] },
    })
  })

  it('does not know a service that is INACTIVE', async () => {
    const ecs = await withService()
    await ecs.store.transact((tx) => tx.services.update(WEB_ARN, { status: 'INACTIVE' }))

    await expect(ecs.call(deleteService, { service: 'web' })).rejects.toMatchObject({
      code: 'ServiceNotFoundException',
    })
  })
})
