import { describe, expect, it } from 'vitest'
import { aSealer } from '../../test/services-deps.ts'
import { LAYER_PATH, layerPath, openLayerPath } from './layer-url.ts'
import { issueRegistryToken } from './registry-token.ts'
import { rootCaller } from '../../test/builders/a-principal.ts'

const sealer = aSealer()
const address = {
  repositoryArn: 'arn:aws:ecr:us-east-1:123456789012:repository/web',
  repositoryId: 'r1',
  digest: 'sha256:1',
}

describe('the address of a layer', () => {
  it('is good for an hour', () => {
    const path = layerPath(sealer, address, 0)
    expect(openLayerPath(sealer, path, 3_599_999)).toEqual(address)
    expect(openLayerPath(sealer, path, 3_600_000)).toBeUndefined()
  })

  it('cannot be made by anyone else, not of a password either', () => {
    const { token } = issueRegistryToken(sealer, rootCaller(), 'us-east-1', 0)
    for (const path of [LAYER_PATH, `${LAYER_PATH}x`, LAYER_PATH + token, '/v2/web/blobs/sha256:1'])
      expect(openLayerPath(sealer, path, 0)).toBeUndefined()
  })
})
