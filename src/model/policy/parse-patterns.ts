/** What may stand in `Action` and `Resource`. */
import { LEGACY_PARSING, MalformedPolicy, NO_VENDOR, TWO_COLONS, VAGUE_RESOURCE_VENDOR } from './malformed-policy.ts'
import { withoutVariables } from './template.ts'

/** AWS: whether there is such an action is not looked at. */
export const checkAction = (action: string): void => {
  if (action === '*') return
  const [vendor = '', name, ...rest] = action.split(':')
  if (name === undefined) throw new MalformedPolicy(NO_VENDOR)
  if (rest.length > 0) throw new MalformedPolicy(TWO_COLONS)
  if (vendor !== '*' && !/^[A-Za-z0-9.-]+$/.test(vendor)) throw new MalformedPolicy(`Vendor ${vendor} is not valid`)
}

const PARTITIONS: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov'])

/** AWS: whether there is such a resource is not looked at. */
export const checkResource = (resource: string): void => {
  if (resource === '*') return
  const parts = withoutVariables(resource).split(':')
  const [prefix, partition, service, region, account, ...rest] = parts
  if (partition === undefined) throw new MalformedPolicy(`Resource ${resource} must be in ARN format or "*".`)
  if (prefix !== 'arn' || !PARTITIONS.has(partition)) throw new MalformedPolicy(wrongPartition(parts))
  if (service === undefined || /[*?]/.test(service)) throw new MalformedPolicy(VAGUE_RESOURCE_VENDOR)
  // AWS: an ARN may end early, but not where a field is left empty.
  if (service === '' || (parts.length < 6 && resource.includes('::'))) throw new MalformedPolicy(LEGACY_PARSING)
  if (region) checkRegion(service, resource)
  if (service === 'iam' && account !== undefined) checkIamPath(rest.join(':'))
}

const wrongPartition = ([
  ,
  partition = '',
  service = '',
  region = '*',
  account = '*',
  ...rest
]: readonly string[]): string =>
  `Partition "${partition}" is not valid for resource "arn:${partition}:${service || '*'}:${region}:${account}:${rest.join(':') || '*'}".`

const checkRegion = (service: string, resource: string): void => {
  if (service === 'iam') throw new MalformedPolicy(`IAM resource ${resource} cannot contain region information.`)
  if (service === 's3') throw new MalformedPolicy(`Resource ${resource} can not contain region information.`)
}

const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

const checkIamPath = (path: string): void => {
  if (path.startsWith('*') || IAM_PATHS.some((start) => path.startsWith(start))) return
  throw new MalformedPolicy(`IAM resource path must either be "*" or start with ${IAM_PATHS.join(', ')}.`)
}
