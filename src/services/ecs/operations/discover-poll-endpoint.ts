/**
 * DiscoverPollEndpoint: where an agent opens its two websockets. The same for every agent, so that the request's cluster and instance
 * decide nothing, but that an agent asks for its own instance only. An agent whose instance is gone learns so at the endpoint, in words that it understands.
 */
import type { DiscoverPollEndpointRequest, DiscoverPollEndpointResponse } from '@aws-sdk/client-ecs'
import { resourceId } from '../../../model/arn.ts'
import { onAnything } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { checkAgent } from '../instance-agents.ts'

export const discoverPollEndpoint: EcsOperation<DiscoverPollEndpointRequest, DiscoverPollEndpointResponse> = {
  access: () => onAnything(),
  handle: ({ containerInstance }, context) => {
    const instance = context.tx.containerInstances.get(resourceId(containerInstance ?? ''))
    if (instance !== undefined) checkAgent(context, 'DiscoverPollEndpoint', instance)
    const { acs, tcs } = context.agentEndpoints
    return { endpoint: acs, telemetryEndpoint: tcs }
  },
}
