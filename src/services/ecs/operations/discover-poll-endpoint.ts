/**
 * DiscoverPollEndpoint: where an agent opens its two websockets. The same for every agent, so that the request's cluster and instance
 * decide nothing; an agent whose instance is gone learns so at the endpoint, in words that it understands.
 */
import type { DiscoverPollEndpointRequest, DiscoverPollEndpointResponse } from '@aws-sdk/client-ecs'
import { onAnything } from '../access.ts'
import type { EcsOperation } from '../context.ts'

export const discoverPollEndpoint: EcsOperation<DiscoverPollEndpointRequest, DiscoverPollEndpointResponse> = {
  access: () => onAnything(),
  handle: (_input, { agentEndpoints }) => ({ endpoint: agentEndpoints.acs, telemetryEndpoint: agentEndpoints.tcs }),
}
