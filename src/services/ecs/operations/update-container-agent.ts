/**
 * UpdateContainerAgent: refuses, in the API's own words for it. Amazon updates the agents of its own machine images from its own
 * repository; here an agent is updated by whoever installed it, so no newer version is ever known to this service.
 */
import type { UpdateContainerAgentRequest, UpdateContainerAgentResponse } from '@aws-sdk/client-ecs'
import { Fault } from '../../../wire/fault.ts'
import { onContainerInstance } from '../access.ts'
import { requireContainerInstance } from '../container-instance-lookups.ts'
import type { EcsOperation } from '../context.ts'
import { requireCluster } from '../lookups.ts'

export const updateContainerAgent: EcsOperation<UpdateContainerAgentRequest, UpdateContainerAgentResponse> = {
  access: onContainerInstance,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const { versionInfo } = requireContainerInstance(context, cluster, input.containerInstance)
    if (!versionInfo.agentVersion) {
      throw new Fault({
        code: 'MissingVersionException',
        message: 'The version of the container agent on this container instance is not known.',
      })
    }
    throw new Fault({
      code: 'NoUpdateAvailableException',
      message: 'There is no update available for your container agent.',
    })
  },
}
