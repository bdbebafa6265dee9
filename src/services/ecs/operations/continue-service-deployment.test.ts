import { describe, expect, it } from 'vitest'
import { aServiceDeployment } from '../../../../test/builders/a-service.ts'
import { seeded } from '../../../../test/seeded.ts'
import type { LifecycleHookRecord } from '../../../model/service-records.ts'
import { continueServiceDeployment } from './continue-service-deployment.ts'

const waiting: LifecycleHookRecord = {
  hookId: 'ecs-pause-2',
  stage: 'POST_SCALE_UP',
  targetType: 'PAUSE',
  status: 'AWAITING_ACTION',
}
const passed: LifecycleHookRecord = { ...waiting, hookId: 'ecs-pause-1', stage: 'PRE_SCALE_UP', status: 'SUCCEEDED' }
const deployment = aServiceDeployment({ lifecycleHooks: [passed, waiting] })
const serviceDeploymentArn = deployment.serviceDeploymentArn

describe('ContinueServiceDeployment', () => {
  it.each([
    [undefined, 'SUCCEEDED'],
    ['CONTINUE', 'SUCCEEDED'],
    ['ROLLBACK', 'FAILED'],
  ] as const)('decides the hook that waits: %s makes it %s', async (action, status) => {
    const ecs = await seeded({ serviceDeployments: [deployment] })
    await ecs.clock.advance(1000)
    const input = { serviceDeploymentArn, hookId: waiting.hookId, action }
    expect(await ecs.call(continueServiceDeployment, input)).toEqual({ serviceDeploymentArn })
    expect(ecs.store.tables.serviceDeployments.get(serviceDeploymentArn)).toEqual({
      ...deployment,
      lifecycleHooks: [passed, { ...waiting, status }],
      updatedAt: ecs.clock.now(),
    })
  })

  it('refuses a deployment that is over', async () => {
    const over = aServiceDeployment({ status: 'STOPPED', lifecycleHooks: [waiting] })
    const ecs = await seeded({ serviceDeployments: [over] })
    const input = { serviceDeploymentArn: over.serviceDeploymentArn, hookId: waiting.hookId }
    await expect(ecs.call(continueServiceDeployment, input)).rejects.toMatchObject({
      message: 'The service deployment cannot be continued because its status is STOPPED.',
    })
  })

  it.each([
    ['no ARN', { serviceDeploymentArn: undefined }, 'Service deployment ARN can not be blank.'],
    ['no hook', { hookId: undefined }, 'Hook ID can not be blank.'],
    ['an unknown ARN', { serviceDeploymentArn: `${serviceDeploymentArn}x` }, 'The service deployment was not found.'],
    ['an unknown hook', { hookId: 'x' }, 'The service deployment has no lifecycle hook with the ID x.'],
    ['a hook that was passed', { hookId: passed.hookId }, 'its status is SUCCEEDED.'],
    ['another action', { action: 'WAIT' as never }, "Value 'WAIT' at 'action'"],
  ])('refuses %s', async (_what, given, message) => {
    const ecs = await seeded({ serviceDeployments: [deployment] })
    const input = { serviceDeploymentArn, hookId: waiting.hookId, ...given }
    await expect(ecs.call(continueServiceDeployment, input)).rejects.toMatchObject({
      message: expect.stringContaining(message),
    })
  })
})
