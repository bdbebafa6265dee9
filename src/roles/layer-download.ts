/** Downloads by the addresses that GetDownloadUrlForLayer gives: whoever has one may get that layer, of that repository, and do nothing else. */
import type { RequestListener } from 'node:http'
import { parseArn } from '../model/arn.ts'
import { type LayerAddress, openLayerPath } from '../model/layer-url.ts'
import type { Sealer } from '../kit/sealing.ts'
import { answerJson, type RegistryCaller } from '../registry/exchange.ts'
import { RegistryFault } from '../registry/registry-fault.ts'
import { registryListener, type RegistryOptions } from '../registry/registry.ts'

const GET = 'ecr:GetDownloadUrlForLayer'

export const layerDownload =
  (options: Omit<RegistryOptions, 'identify'>, sealer: Sealer): RequestListener =>
  (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    const address = openLayerPath(sealer, path, options.clock.now())
    if (address === undefined) {
      const fault = expired()
      return answerJson({ request, response }, fault.status, fault)
    }
    request.url = `/v2/${nameOf(address)}/blobs/${address.digest}`
    registryListener({ ...options, identify: () => bearerOf(address) })(request, response)
  }

const expired = (): RegistryFault =>
  new RegistryFault('DENIED', 'The address of the layer has expired, or was never one.')

const nameOf = ({ repositoryArn }: LayerAddress): string =>
  (parseArn(repositoryArn)?.resource ?? '').slice('repository/'.length)

const bearerOf = ({ repositoryArn, repositoryId }: LayerAddress): RegistryCaller => {
  const { account = '', region = '' } = parseArn(repositoryArn) ?? {}
  return {
    account,
    region,
    demand: (actions, { record }) => {
      // The repository may be another by now.
      if (actions.some((action) => action !== GET) || record?.repositoryId !== repositoryId) throw expired()
    },
    // Who got the address has left a trace.
    trace: () => {},
  }
}
