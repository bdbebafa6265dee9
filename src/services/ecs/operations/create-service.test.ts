import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aFargateTaskDefinition, aTaskDefinition } from '../../../../test/builders/a-task-definition.ts'
import type { EcsHarness } from '../../../../test/ecs-context.ts'
import { seeded } from '../../../../test/seeded.ts'
import { createService } from './create-service.ts'
import { describeServices } from './describe-services.ts'

const ecsWithDefinition = (): Promise<EcsHarness> =>
  seeded({
    definitions: [aTaskDefinition(), aFargateTaskDefinition({ family: 'fargate' })],
  })

const WEB: CreateServiceRequest = { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 }

const create = async (given: Partial<CreateServiceRequest> = {}) => {
  const ecs = await ecsWithDefinition()
  const { service } = await ecs.call(createService, { ...WEB, ...given })
  return { ecs, service }
}

describe('CreateService', () => {
  it('begins a deployment of the first revision', async () => {
    const { ecs, service } = await create()

    expect(service).toMatchObject({
      serviceArn: 'arn:aws:ecs:us-east-1:000000000000:service/default/web',
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      launchType: 'EC2',
      deployments: [{ status: 'PRIMARY', desiredCount: 2, rolloutState: 'IN_PROGRESS', failedTasks: 0 }],
      events: [],
    })
    const { services } = await ecs.call(describeServices, { services: ['web'], include: ['TAGS'] })
    expect(services).toEqual([service])
  })
})
