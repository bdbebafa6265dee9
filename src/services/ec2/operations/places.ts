/** Regions and availability zones, and what an account may have. */
import type {
  AccountAttribute,
  AvailabilityZone,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  Region,
} from '@aws-sdk/client-ec2'
import { compact } from '../../../kit/compact.ts'
import { parseArn } from '../../../model/arn.ts'
import { SECURITY_GROUPS_PER_INTERFACE } from '../../../model/ec2-limits.ts'
import { defaultVpcOf } from '../../../store/ec2/default-vpc.ts'
import { zoneIdOf, zonesOf } from '../../../store/ec2/zones.ts'
import { onAnything } from '../access.ts'
import type { Ec2Context } from '../context.ts'
import { invalidValue } from '../faults.ts'
import { type FilterFields, rowFilter } from '../filters.ts'
import { ec2Operation } from '../operation.ts'

const zoneFields: FilterFields<AvailabilityZone> = {
  'group-long-name': () => [],
  'group-name': ({ GroupName }) => GroupName,
  message: () => [],
  'opt-in-status': ({ OptInStatus }) => OptInStatus,
  'parent-zone-id': () => [],
  'parent-zone-name': () => [],
  'region-name': ({ RegionName }) => RegionName,
  state: ({ State }) => State,
  'zone-id': ({ ZoneId }) => ZoneId,
  'zone-name': ({ ZoneName }) => ZoneName,
  'zone-type': ({ ZoneType }) => ZoneType,
}

export const describeAvailabilityZones = ec2Operation<
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult
>({
  access: onAnything,
  handle: ({ Filters, ZoneNames = [], ZoneIds = [] }, context) => {
    const { tx, region } = context
    const zones = zonesOf(tx, region).map((name) => describeZone(region, name))
    checkThere(
      'availability zone',
      ZoneNames,
      zones.map(({ ZoneName }) => ZoneName),
    )
    checkThere(
      'availability zone id',
      ZoneIds,
      zones.map(({ ZoneId }) => ZoneId),
    )
    const isMeant = ({ ZoneName = '', ZoneId = '' }: AvailabilityZone): boolean =>
      (ZoneNames.length === 0 || ZoneNames.includes(ZoneName)) && (ZoneIds.length === 0 || ZoneIds.includes(ZoneId))
    const passes = rowFilter(Filters, zoneFields, context)
    return { AvailabilityZones: zones.filter((zone) => isMeant(zone) && passes(zone)) }
  },
})

const checkThere = (named: string, wanted: readonly string[], known: readonly (string | undefined)[]): void => {
  const missing = wanted.filter((each) => !known.includes(each))
  if (missing.length > 0) throw invalidValue(`Invalid ${named}: [${missing.join(', ')}]`)
}

const describeZone = (region: string, name: string): AvailabilityZone => ({
  ZoneName: name,
  ZoneId: zoneIdOf(region, name),
  RegionName: region,
  GroupName: region,
  NetworkBorderGroup: region,
  ZoneType: 'availability-zone',
  OptInStatus: 'opt-in-not-required',
  State: 'available',
  Messages: [],
})

const regionFields: FilterFields<Region> = {
  endpoint: ({ Endpoint }) => Endpoint,
  'opt-in-status': ({ OptInStatus }) => OptInStatus,
  'region-name': ({ RegionName }) => RegionName,
}

/** A name that is formed like a region's is one: the first call that is signed for it makes it. */
const REGION_NAME = /^[a-z]{2,3}(-[a-z]+)+-\d$/

export const describeRegions = ec2Operation<DescribeRegionsRequest, DescribeRegionsResult>({
  access: onAnything,
  handle: ({ Filters, RegionNames = [] }, context) => {
    const unknown = RegionNames.filter((name) => !REGION_NAME.test(name))
    if (unknown.length > 0)
      throw invalidValue(`Invalid region provided in the RegionNames list: [${unknown.join(', ')}]`)
    const names = RegionNames.length > 0 ? RegionNames : usedRegions(context)
    const passes = rowFilter(Filters, regionFields, context)
    return { Regions: names.map((name) => describeRegion(name, context)).filter(passes) }
  },
})

/** The caller's region, and those in which there is something. */
const usedRegions = ({ tx, region }: Ec2Context): readonly string[] => {
  const ofClusters = Array.from(tx.clusters.rows(), ({ clusterArn }) => parseArn(clusterArn)?.region ?? region)
  const ofVpcs = Array.from(tx.vpcs.rows(), (vpc) => vpc.region)
  return [...new Set([region, ...ofClusters, ...ofVpcs])].toSorted()
}

const describeRegion = (name: string, { host }: Ec2Context): Region =>
  compact({ RegionName: name, Endpoint: host, OptInStatus: 'opt-in-not-required' })

export const describeAccountAttributes = ec2Operation<
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult
>({
  access: onAnything,
  handle: ({ AttributeNames = [] }, context) => {
    const attributes = accountAttributes(context)
    const unknown = AttributeNames.find((name) => !Object.hasOwn(attributes, name))
    if (unknown !== undefined) throw invalidValue(`Invalid attribute name: ${unknown}`)
    const names = AttributeNames.length > 0 ? AttributeNames : Object.keys(attributes)
    return { AccountAttributes: names.map((name) => describeAttribute(name, attributes[name] ?? '')) }
  },
})

const accountAttributes = (context: Ec2Context): Readonly<Record<string, string>> => ({
  'supported-platforms': 'VPC',
  // There are no elastic addresses, and no instances of EC2's own.
  'vpc-max-elastic-ips': '0',
  'max-elastic-ips': '0',
  'max-instances': '0',
  'vpc-max-security-groups-per-interface': String(SECURITY_GROUPS_PER_INTERFACE),
  'default-vpc': defaultVpcOf(context.tx, context)?.vpcId ?? 'none',
})

const describeAttribute = (name: string, value: string): AccountAttribute => ({
  AttributeName: name,
  AttributeValues: [{ AttributeValue: value }],
})
