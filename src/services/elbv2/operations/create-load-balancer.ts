/** CreateLoadBalancer: a load balancer in state `provisioning`, until a balancer serves it. */
import type { CreateLoadBalancerInput, CreateLoadBalancerOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { loadBalancerArn } from '../../../model/arn.ts'
import type { LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import { homeKey, homeNameKey } from '../../../store/load-balancing/load-balancing-tables.ts'
import { onCreated } from '../access.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeLoadBalancer } from '../describe-load-balancer.ts'
import {
  duplicateLoadBalancerName,
  invalidConfigurationRequest,
  invalidScheme,
  tooManyLoadBalancers,
  validationError,
} from '../faults.ts'
import { checkIpAddressType } from '../ip-address-type.ts'
import { requireAddresses, requirePlacement, requireSecurityGroups } from '../load-balancer-network.ts'
import { newLoadBalancer } from '../../../model/load-balancing/new-rows.ts'
import { checkLoadBalancerName } from '../names.ts'
import { checkQuota } from '../quotas.ts'
import { checkedTags } from '../tags.ts'

export const createLoadBalancer: Elbv2Operation<CreateLoadBalancerInput, CreateLoadBalancerOutput> = {
  access: (input, { region, account }) => {
    const {
      Name = '',
      Type,
      Scheme = 'internet-facing',
      Tags,
      Subnets = [],
      SubnetMappings = [],
      SecurityGroups,
    } = input
    const type = Type === 'network' ? 'network' : 'application'
    const subnets = [...Subnets, ...SubnetMappings.flatMap(({ SubnetId }) => SubnetId ?? [])]
    return onCreated('CreateLoadBalancer', loadBalancerArn(region, account, type, Name, '*'), Tags, {
      'elasticloadbalancing:scheme': [Scheme],
      ...(subnets.length > 0 && { 'elasticloadbalancing:subnet': subnets }),
      ...(SecurityGroups !== undefined && { 'elasticloadbalancing:securitygroup': SecurityGroups }),
    })
  },
  handle: (input, context) => {
    const { tx } = context
    const wanted = wantedLoadBalancer(context, input)
    const existing = tx.loadBalancers.find('byName', homeNameKey(wanted))[0]
    if (existing !== undefined) return { LoadBalancers: [describeLoadBalancer(sameLoadBalancer(existing, wanted))] }
    checkRoom(context, wanted.type)
    const addresses = requireAddresses(context, wanted.subnets)
    return { LoadBalancers: [describeLoadBalancer(tx.loadBalancers.insert({ ...wanted, addresses }))] }
  },
}

const wantedLoadBalancer = (context: Elbv2Context, input: CreateLoadBalancerInput): LoadBalancerRecord => {
  const { Name: name = '' } = input
  checkLoadBalancerName(name)
  refuseUnsupported(input)
  const { type, scheme } = kindOf(input)
  checkIpAddressType(type, input.IpAddressType)
  const { vpcId, subnets } = requirePlacement(context, { type, scheme }, input)
  return newLoadBalancer(context, {
    name,
    type,
    scheme,
    suffix: context.loadBalancing.suffix,
    addresses: [],
    vpcId,
    subnets,
    securityGroups: requireSecurityGroups(context, type, vpcId, input.SecurityGroups),
    tags: checkedTags(input.Tags),
  })
}

const SCHEMES = ['internet-facing', 'internal'] as const

const kindOf = ({
  Type = 'application',
  Scheme = 'internet-facing',
}: CreateLoadBalancerInput): Pick<LoadBalancerRecord, 'type' | 'scheme'> => {
  if (Type !== 'application' && Type !== 'network')
    throw validationError(
      `1 validation error detected: Value '${Type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [application, network]`,
    )
  const scheme = SCHEMES.find((known) => known === Scheme)
  if (scheme === undefined) throw invalidScheme(`The scheme '${Scheme}' is not valid`)
  return { type: Type, scheme }
}

const refuseUnsupported = (input: CreateLoadBalancerInput): void => {
  if (input.CustomerOwnedIpv4Pool !== undefined)
    throw invalidConfigurationRequest('Customer-owned address pools are not supported: there are no Outposts')
  if (input.IpamPools?.Ipv4IpamPoolId !== undefined)
    throw invalidConfigurationRequest('IPAM pools are not supported: addresses come from the pool of the installation')
  if (input.EnablePrefixForIpv6SourceNat === 'on')
    throw invalidConfigurationRequest('Source NAT prefixes need a load balancer with IP address type dualstack')
}

/** AWS: the same call again answers with what is there. */
const sameLoadBalancer = (existing: LoadBalancerRecord, wanted: LoadBalancerRecord): LoadBalancerRecord => {
  if (settingsOf(existing) === settingsOf(wanted)) return existing
  throw duplicateLoadBalancerName(
    `A load balancer with the same name '${wanted.name}' exists, but with different settings`,
  )
}

const settingsOf = ({ type, scheme, ipAddressType, subnets, securityGroups, tags }: LoadBalancerRecord): string =>
  JSON.stringify([
    type,
    scheme,
    ipAddressType,
    subnets.map(({ subnetId, privateIpAddress }) => [subnetId, privateIpAddress].join()).toSorted(),
    securityGroups.toSorted(),
    tags.map(({ key, value }) => [key, value].join('=')).toSorted(),
  ])

const checkRoom = (context: Elbv2Context, type: LoadBalancerRecord['type']): void => {
  const count = context.tx.loadBalancers.find('byHome', homeKey(context)).filter((row) => row.type === type).length
  checkQuota(`${type}-load-balancers`, count, `${type} load balancers`, tooManyLoadBalancers)
}
