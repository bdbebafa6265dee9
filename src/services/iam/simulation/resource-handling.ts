/** ResourceHandlingOption: scenarios of Amazon EC2, each of which is only complete with certain resources. */
import { parseArn } from '../../../model/arn.ts'
import { invalidInput } from '../faults.ts'
import { refuse, violations } from '../rules.ts'

const ALWAYS = ['instance', 'image', 'security-group', 'network-interface']

const SCENARIOS: Readonly<Record<string, readonly string[]>> = {
  'EC2-VPC-InstanceStore': ALWAYS,
  'EC2-VPC-InstanceStore-Subnet': [...ALWAYS, 'subnet'],
  'EC2-VPC-EBS': [...ALWAYS, 'volume'],
  'EC2-VPC-EBS-Subnet': [...ALWAYS, 'subnet', 'volume'],
}

export const checkResourceHandling = (option: string | undefined, resources: readonly string[]): void => {
  if (option === undefined) return
  refuse(violations('resourceHandlingOption', { oneOf: Object.keys(SCENARIOS) }, option))
  const given = new Set(resources.map(typeOf))
  const missing = SCENARIOS[option]?.filter((type) => !given.has(type)) ?? []
  if (missing.length > 0) throw invalidInput(`The scenario ${option} needs resources of type ${missing.join(', ')}.`)
}

const typeOf = (resource: string): string | undefined => {
  const arn = parseArn(resource)
  return arn?.service === 'ec2' ? arn.resource.split('/')[0] : undefined
}
