/**
 * What AWS calls the registries that it knows. Rules are for any registry here, so that a name says no more than whose images they are.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
import type { UpstreamRegistry } from '@aws-sdk/client-ecr'
import { upstreamUrl } from '../../store/upstream/upstream.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

const HOSTS: Readonly<Record<UpstreamRegistry, RegExp>> = {
  ecr: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
  'ecr-public': /^public\.ecr\.aws$/,
  quay: /^quay\.io$/,
  k8s: /^registry\.k8s\.io$/,
  'docker-hub': /^registry-1\.docker\.io$/,
  'github-container-registry': /^ghcr\.io$/,
  'azure-container-registry': /^[a-z0-9-]+\.azurecr\.io$/,
  'gitlab-container-registry': /^registry\.gitlab\.com$/,
  chainguard: /^cgr\.dev$/,
}

/**
 * The name that was given, or that of the URL's host; undefined where neither tells one. Throws `InvalidParameterException` for no name, and
 * for that of another registry.
 */
export const checkedUpstreamName = (given: string | undefined, url: string): string | undefined => {
  checkConstraints({ upstreamRegistry: given }, { upstreamRegistry: { oneOf: Object.keys(HOSTS) } }, invalidParameter)
  const { hostname } = upstreamUrl(url)
  // AWS: so it answers, although nothing was given.
  const known = Object.entries(HOSTS).find(([, host]) => host.test(hostname))?.[0]
  if (given !== undefined && known !== undefined && given !== known)
    throw invalidParameter(`The upstream registry of ${url} is ${known}, not ${given}.`)
  return given ?? known
}
