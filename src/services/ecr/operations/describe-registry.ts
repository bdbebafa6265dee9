/** DescribeRegistry: the registry of the caller's account. */
import type { DescribeRegistryRequest, DescribeRegistryResponse } from '@aws-sdk/client-ecr'
import { registrySettingsOf } from '../../../store/images/registry-settings.ts'
import { onAnything } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeReplication } from './replication.ts'

export const describeRegistry: EcrOperation<DescribeRegistryRequest, DescribeRegistryResponse> = {
  access: onAnything,
  handle: (_input, context) => {
    const { replicationRules = [] } = registrySettingsOf(context.tx, context)
    return { registryId: context.account, replicationConfiguration: describeReplication(replicationRules) }
  },
}
