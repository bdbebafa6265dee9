/**
 * Which registry a client means by the host that it names: `<account>.dkr.ecr.<region>.<suffix>` as on AWS, and the registry of this
 * installation's account and region by any other name.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
import { awsShaped } from '../model/registry-home.ts'
import type { Home } from '../wire/authentication.ts'

/** Resolves to this machine without any set-up where the system follows RFC 6761. */
export const REGISTRY_SUFFIX = 'localhost'

/** The name that a registry has as on AWS, without a port. */
export const registryHost = ({ account, region }: Home, suffix: string): string =>
  `${account}.dkr.ecr.${region}.${suffix}`

/** Base URL of a registry, where `endpoint` is that of the installation's own. */
export const registryEndpointOf =
  (endpoint: string, home: Home, suffix: string) =>
  (registry: Home): string => {
    if (registry.account === home.account && registry.region === home.region) return endpoint
    const { protocol, port } = new URL(endpoint)
    return `${protocol}//${registryHost(registry, suffix)}${port === '' ? '' : `:${port}`}`
  }

/** `host` is that of the request, with its port. */
export const registryOf = (host: string | undefined, suffix: string, home: Home): Home => {
  const name = (host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  const shaped = awsShaped(name, suffix)
  return shaped === undefined ? home : { account: shaped.registryId, region: shaped.region }
}
