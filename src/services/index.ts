/** Every AWS service that the endpoint answers. */
import type { Store } from '../store/store.ts'
import type { ServiceDefinition } from '../wire/service.ts'
import type { EcsDeps } from './ecs/context.ts'
import { ecsService } from './ecs/index.ts'
import { stsService } from './sts/index.ts'

export const allServices = (store: Store, deps: EcsDeps): readonly ServiceDefinition[] => [
  ecsService(store, deps),
  stsService(store),
]
