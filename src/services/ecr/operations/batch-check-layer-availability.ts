/** BatchCheckLayerAvailability: which layers need not be uploaded. Those that are there stay for the push that asks. */
import type {
  BatchCheckLayerAvailabilityRequest,
  BatchCheckLayerAvailabilityResponse,
  Layer,
  LayerFailure,
} from '@aws-sdk/client-ecr'
import { isDigest } from '../../../model/image-names.ts'
import { inRepository, type RepositoryRecord } from '../../../model/image-records.ts'
import { noteNeed } from '../../../store/images/keep-layer.ts'
import { checkConstraints } from '../../constraints.ts'
import { onRepository } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { requireRepository } from '../lookups.ts'

export const batchCheckLayerAvailability: EcrOperation<
  BatchCheckLayerAvailabilityRequest,
  BatchCheckLayerAvailabilityResponse
> = {
  access: onRepository,
  handle: ({ layerDigests = [], ...input }, context) => {
    const repository = requireRepository(context, input)
    checkConstraints({ layerDigests }, { layerDigests: { min: 1, max: 100 } }, invalidParameter)
    return {
      layers: layerDigests.filter(isDigest).map((digest) => layerOf(context, repository, digest)),
      failures: layerDigests.filter((digest) => !isDigest(digest)).map(failureOf),
    }
  },
}

const layerOf = ({ tx, now }: EcrContext, { repositoryId }: RepositoryRecord, layerDigest: string): Layer => {
  const layer = tx.imageLayers.get(inRepository(repositoryId, layerDigest))
  if (layer === undefined) return { layerDigest, layerAvailability: 'UNAVAILABLE' }
  noteNeed(tx, layer, now)
  // AWS has a media type here, which only manifests know.
  return { layerDigest, layerAvailability: 'AVAILABLE', layerSize: layer.bytes }
}

const failureOf = (layerDigest: string): LayerFailure => ({
  layerDigest,
  failureCode: 'InvalidLayerDigest',
  failureReason: `Invalid parameter at 'layerDigest' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+''`,
})
