/**
 * Every AWS service that the endpoint answers. ECS, which every agent calls, is there from the beginning; the others are loaded at their
 * first call.
 */
import type { LazyService, ServiceAddress, ServiceDefinition } from '../wire/service.ts'
import { ACM, CLOUDTRAIL, EC2, ECR, ELBV2, IAM, KMS, LOGS, SECRETS_MANAGER, SSM, STS } from './addresses.ts'
import type { ServicesDeps } from './deps.ts'
import { ecsService } from './ecs/index.ts'

type MakeService = (deps: ServicesDeps) => ServiceDefinition

const LAZY: readonly (readonly [ServiceAddress, () => Promise<MakeService>])[] = [
  [ACM, async () => (await import('./acm/index.ts')).acmService],
  [CLOUDTRAIL, async () => (await import('./cloudtrail/index.ts')).cloudTrailService],
  [EC2, async () => (await import('./ec2/index.ts')).ec2Service],
  [ECR, async () => (await import('./ecr/index.ts')).ecrService],
  [ELBV2, async () => (await import('./elbv2/index.ts')).elbv2Service],
  [IAM, async () => (await import('./iam/index.ts')).iamService],
  [KMS, async () => (await import('./kms/index.ts')).kmsService],
  [LOGS, async () => (await import('./logs/index.ts')).logsService],
  [SECRETS_MANAGER, async () => (await import('./secretsmanager/index.ts')).secretsManagerService],
  [SSM, async () => (await import('./ssm/index.ts')).ssmService],
  [STS, async () => (await import('./sts/index.ts')).stsService],
]

export const allServices = (deps: ServicesDeps): readonly (ServiceDefinition | LazyService)[] => [
  ecsService(deps),
  ...LAZY.map(([address, make]): LazyService => ({ ...address, load: async () => (await make())(deps) })),
]

/** All of them, loaded. */
export const loadedServices = (deps: ServicesDeps): Promise<readonly ServiceDefinition[]> =>
  Promise.all(allServices(deps).map(async (service) => ('load' in service ? service.load() : service)))
