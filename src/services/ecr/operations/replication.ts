/** PutReplicationConfiguration and DescribeImageReplicationStatus: which images go to other registries as well, and whether they are there. */
import type {
  DescribeImageReplicationStatusRequest,
  DescribeImageReplicationStatusResponse,
  PutReplicationConfigurationRequest,
  PutReplicationConfigurationResponse,
  ReplicationConfiguration,
  ReplicationDestination,
} from '@aws-sdk/client-ecr'
import { isSameRegistry, type RegistryId, registryKey, type ReplicationRule } from '../../../model/registry-rules.ts'
import { setRegistrySettings } from '../../../store/images/registry-settings.ts'
import { replicationsOf } from '../../../store/images/replicate-image.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything, onRepository } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { imageNotFound, invalidParameter } from '../faults.ts'
import { foundImage } from '../image-ids.ts'
import { requireRepository } from '../lookups.ts'

/** Source: the API reference, `ReplicationConfiguration` and what is in it, and Amazon ECR quotas. */
const RULES = { min: 0, max: 10 } as const
const DESTINATIONS = { min: 0, max: 25 } as const
const FILTERS = { min: 0, max: 100 } as const
const FILTER = {
  min: 2,
  max: 256,
  pattern: /^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*\/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$/,
} as const
const UNIQUE_DESTINATIONS = 25

export const putReplicationConfiguration: EcrOperation<
  PutReplicationConfigurationRequest,
  PutReplicationConfigurationResponse
> = {
  access: onAnything,
  handle: ({ replicationConfiguration }, context) => {
    const { rules = [] } = replicationConfiguration ?? {}
    checkConstraints({ rules }, { rules: RULES }, invalidParameter)
    const replicationRules = rules.map(({ destinations = [], repositoryFilters = [] }) => {
      checkConstraints(
        { destinations, repositoryFilters },
        { destinations: DESTINATIONS, repositoryFilters: FILTERS },
        invalidParameter,
      )
      return {
        destinations: destinations.map((destination) => checkedDestination(context, destination)),
        prefixes: repositoryFilters.map(({ filter = '', filterType }) => {
          const wanted = { filter: FILTER, filterType: { oneOf: ['PREFIX_MATCH'] } }
          checkConstraints({ filter, filterType }, wanted, invalidParameter)
          return filter
        }),
      }
    })
    const unique = new Set(replicationRules.flatMap(({ destinations }) => destinations.map(registryKey)))
    if (unique.size > UNIQUE_DESTINATIONS)
      throw invalidParameter(`Rules can have at most ${UNIQUE_DESTINATIONS} destinations together.`)
    setRegistrySettings(context.tx, context, { replicationRules })
    return { replicationConfiguration: describeReplication(replicationRules) }
  },
}

export const describeImageReplicationStatus: EcrOperation<
  DescribeImageReplicationStatusRequest,
  DescribeImageReplicationStatusResponse
> = {
  access: onRepository,
  handle: ({ imageId = {}, ...input }, context) => {
    const repository = requireRepository(context, input)
    const found = foundImage(context, repository, imageId)
    if ('failure' in found) {
      const { failureCode, failureReason = '' } = found.failure
      throw failureCode === 'ImageNotFound' ? imageNotFound(failureReason) : invalidParameter(failureReason)
    }
    const { repositoryId, digest } = found.image
    const replicationStatuses = replicationsOf(context.tx, repositoryId, digest).map(
      ({ destination: { region, account: registryId }, status, failureCode }) => ({
        region,
        registryId,
        status,
        ...(failureCode !== undefined && { failureCode }),
      }),
    )
    return { repositoryName: repository.name, imageId, replicationStatuses }
  },
}

export const describeReplication = (rules: readonly ReplicationRule[]): ReplicationConfiguration => ({
  rules: rules.map(({ destinations, prefixes }) => ({
    destinations: destinations.map(({ region, account: registryId }) => ({ region, registryId })),
    ...(prefixes.length > 0 && {
      repositoryFilters: prefixes.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' as const })),
    }),
  })),
})

/** One that the operator has said where it is. */
const checkedDestination = (
  context: EcrContext,
  { region = '', registryId = '' }: ReplicationDestination,
): RegistryId => {
  const destination = { region, account: registryId }
  checkConstraints({ registryId }, { registryId: { pattern: /^\d{12}$/ } }, invalidParameter)
  if (isSameRegistry(destination, context))
    throw invalidParameter('A registry cannot be the destination of its own images.')
  if ((context.replicationEndpoints ?? []).some((endpoint) => isSameRegistry(endpoint, destination))) return destination
  throw invalidParameter(
    `It is not known where the registry ${registryId} in ${region} is: the operator says so with --registry-destinations.`,
  )
}
