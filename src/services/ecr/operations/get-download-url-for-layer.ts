/** GetDownloadUrlForLayer: where a layer can be downloaded for an hour, by whoever has the address. */
import type { GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse } from '@aws-sdk/client-ecr'
import { isDigest } from '../../../model/image-names.ts'
import { inRepository } from '../../../model/image-records.ts'
import { layerPath } from '../../../model/layer-url.ts'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { invalidParameter, layersNotFound } from '../faults.ts'
import { requireRepository } from '../lookups.ts'

export const getDownloadUrlForLayer: EcrOperation<GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse> = {
  access: onRepository,
  handle: ({ layerDigest = '', ...input }, context) => {
    const { tx, sealer, now, registryEndpoint } = context
    const { repositoryId, arn, name, account } = requireRepository(context, input)
    if (!isDigest(layerDigest))
      throw invalidParameter(
        "Invalid parameter at 'layerDigest' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+''",
      )
    if (!tx.imageLayers.has(inRepository(repositoryId, layerDigest)))
      throw layersNotFound(
        `The layer with digest '${layerDigest}' does not exist in the repository with name '${name}' in the registry with id '${account}'`,
      )
    const path = layerPath(sealer, { repositoryArn: arn, repositoryId, digest: layerDigest }, now)
    return { downloadUrl: new URL(path, registryEndpoint).href, layerDigest }
  },
}
