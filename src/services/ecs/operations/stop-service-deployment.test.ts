import { describe, expect, it } from 'vitest'
import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import { aServiceDeployment } from '../../../../test/builders/a-service.ts'
import { seeded } from '../../../../test/seeded.ts'
import { stopServiceDeployment } from './stop-service-deployment.ts'

const withDeployment = async (status: ServiceDeploymentStatus) => {
  const deployment = aServiceDeployment({ status })
  const ecs = await seeded({ serviceDeployments: [deployment] })
  await ecs.clock.advance(1000)
  const arn = deployment.serviceDeploymentArn
  return {
    arn,
    now: ecs.clock.now(),
    deployment,
    stop: (stopType?: 'ABORT' | 'ROLLBACK') => ecs.call(stopServiceDeployment, { serviceDeploymentArn: arn, stopType }),
    after: () => ecs.store.tables.serviceDeployments.get(arn),
  }
}

describe('StopServiceDeployment', () => {
  it.each([
    ['PENDING', undefined, 'ROLLBACK_REQUESTED'],
    ['IN_PROGRESS', undefined, 'ROLLBACK_REQUESTED'],
    ['IN_PROGRESS', 'ROLLBACK', 'ROLLBACK_REQUESTED'],
    ['IN_PROGRESS', 'ABORT', 'STOP_REQUESTED'],
  ] as const)('asks for the end of one that is %s, with %s: %s', async (before, stopType, expected) => {
    const { arn, stop, after, now } = await withDeployment(before)
    expect(await stop(stopType)).toEqual({ serviceDeploymentArn: arn })
    expect(after()).toMatchObject({ status: expected, updatedAt: now })
  })

  it.each(['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'] as const)(
    'lets one that is %s go on as it does',
    async (status) => {
      const { arn, stop, after, deployment } = await withDeployment(status)
      expect(await stop()).toEqual({ serviceDeploymentArn: arn })
      expect(after()).toEqual(deployment)
    },
  )

  it.each(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'] as const)(
    'refuses one that is %s',
    async (status) => {
      const { stop } = await withDeployment(status)
      await expect(stop()).rejects.toMatchObject({
        code: 'ConflictException',
        message: `The service deployment cannot be stopped because its status is ${status}.`,
      })
    },
  )

  it.each([
    ['no ARN', { serviceDeploymentArn: undefined }, 'InvalidParameterException'],
    ['the ARN of something else', { serviceDeploymentArn: 'arn:aws:ecs:us-east-1:000000000000:task/x' }, 'Invalid'],
    [
      'an unknown ARN',
      { serviceDeploymentArn: aServiceDeployment().serviceDeploymentArn },
      'ServiceDeploymentNotFound',
    ],
    [
      'another stop type',
      { serviceDeploymentArn: aServiceDeployment().serviceDeploymentArn, stopType: 'KILL' as never },
      'InvalidParameterException',
    ],
  ])('refuses %s', async (_what, input, code) => {
    const ecs = await seeded({})
    await expect(ecs.call(stopServiceDeployment, input)).rejects.toMatchObject({
      code: expect.stringContaining(code),
    })
  })
})
