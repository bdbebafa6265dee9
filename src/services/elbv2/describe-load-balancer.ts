/** A load balancer as clients see it. */
import type { AvailabilityZone, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import { dateOf } from '../../kit/timestamps.ts'
import type { LoadBalancerRecord } from '../../model/load-balancing/records.ts'

/** Of the zones that `elb.us-east-1.amazonaws.com` has in Route 53; here, names are not in zones, and this tells load balancers' types apart. */
const CANONICAL_HOSTED_ZONES = { application: 'Z35SXDOTRQ7X7K', network: 'Z26RNL4JYFTOTI' } as const

export const describeLoadBalancer = (row: LoadBalancerRecord): LoadBalancer => ({
  LoadBalancerArn: row.loadBalancerArn,
  DNSName: row.dnsName,
  CanonicalHostedZoneId: CANONICAL_HOSTED_ZONES[row.type],
  CreatedTime: dateOf(row.createdAt),
  LoadBalancerName: row.name,
  Scheme: row.scheme,
  VpcId: row.vpcId,
  State: { Code: row.state, ...(row.stateReason !== undefined && { Reason: row.stateReason }) },
  Type: row.type,
  AvailabilityZones: describeZones(row),
  ...(row.securityGroups.length > 0 && { SecurityGroups: [...row.securityGroups] }),
  IpAddressType: row.ipAddressType,
  ...(row.type === 'network' && { EnablePrefixForIpv6SourceNat: 'off' }),
  ...(row.type === 'network' &&
    row.securityGroups.length > 0 && { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'on' }),
})

/** AWS: addresses are named where the load balancer's owner chose them. */
export const describeZones = ({ subnets }: Pick<LoadBalancerRecord, 'subnets'>): AvailabilityZone[] =>
  subnets.map(({ zoneName, subnetId, privateIpAddress }) => ({
    ZoneName: zoneName,
    SubnetId: subnetId,
    LoadBalancerAddresses: privateIpAddress === undefined ? [] : [{ PrivateIPv4Address: privateIpAddress }],
  }))
