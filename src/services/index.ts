/** Every AWS service that the endpoint answers. */
import type { ServiceDefinition } from '../wire/service.ts'
import type { ServicesDeps } from './deps.ts'
import { cloudTrailService } from './cloudtrail/index.ts'
import { ecsService } from './ecs/index.ts'
import { iamService } from './iam/index.ts'
import { kmsService } from './kms/index.ts'
import { secretsManagerService } from './secretsmanager/index.ts'
import { ssmService } from './ssm/index.ts'
import { stsService } from './sts/index.ts'

const services: readonly ((deps: ServicesDeps) => ServiceDefinition)[] = [
  cloudTrailService,
  ecsService,
  iamService,
  kmsService,
  secretsManagerService,
  ssmService,
  stsService,
]

export const allServices = (deps: ServicesDeps): readonly ServiceDefinition[] =>
  services.map((service) => service(deps))
