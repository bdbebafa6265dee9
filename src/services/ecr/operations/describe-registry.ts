/** DescribeRegistry: the registry of the caller's account. */
import type { DescribeRegistryRequest, DescribeRegistryResponse } from '@aws-sdk/client-ecr'
import { onAnything } from '../access.ts'
import type { EcrOperation } from '../context.ts'

export const describeRegistry: EcrOperation<DescribeRegistryRequest, DescribeRegistryResponse> = {
  access: onAnything,
  handle: (_input, { account }) => ({ registryId: account, replicationConfiguration: { rules: [] } }),
}
