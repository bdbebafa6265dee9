/** An ECS for tests of service operations: definitions to make services of, and a short way to make one. */
import type { CreateServiceRequest, Service } from '@aws-sdk/client-ecs'
import { createService } from '../src/services/ecs/operations/create-service.ts'
import { describeServices } from '../src/services/ecs/operations/describe-services.ts'
import { aCluster } from './builders/a-cluster.ts'
import { aFargateTaskDefinition, aTaskDefinition } from './builders/a-task-definition.ts'
import { ACCOUNT, type EcsHarness } from './ecs-context.ts'
import { seeded } from './seeded.ts'

const TASK_ROLE = `arn:aws:iam::${ACCOUNT}:role/task`

/** Task definitions `web:1`, `web:2` (with a task role), `fargate:1`, `fargate:2`, and a cluster with Fargate's capacity providers. */
export const ecsForServices = (): Promise<EcsHarness> =>
  seeded({
    clusters: [aCluster({ capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })],
    definitions: [
      aTaskDefinition(),
      aTaskDefinition({ revision: 2, taskRoleArn: TASK_ROLE }),
      aFargateTaskDefinition({ family: 'fargate' }),
      aFargateTaskDefinition({ family: 'fargate', revision: 2 }),
    ],
  })

/** The service `web`, two tasks of `web:1` on EC2 unless the request says otherwise. */
export const WEB: CreateServiceRequest = { serviceName: 'web', taskDefinition: 'web:1', desiredCount: 2 }

export const FARGATE: Partial<CreateServiceRequest> = {
  taskDefinition: 'fargate:1',
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } },
}

export const withService = async (given: Partial<CreateServiceRequest> = {}): Promise<EcsHarness> => {
  const ecs = await ecsForServices()
  await ecs.call(createService, { ...WEB, ...given })
  return ecs
}

export const described = async (ecs: EcsHarness, name = 'web'): Promise<Service> => {
  const { services = [] } = await ecs.call(describeServices, { services: [name], include: ['TAGS'] })
  return services[0] ?? {}
}
