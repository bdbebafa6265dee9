/**
 * What is stored of EC2: networks as their owners describe them. Nothing here says which packets pass.
 *
 * Shapes: Vpc, Subnet, SecurityGroup, SecurityGroupRule, InternetGateway, RouteTable, NetworkAcl in the Amazon EC2 API reference,
 * version 2016-11-15.
 */
import type { Tag } from './records.ts'

/** What every resource of EC2 has. Its id, e.g. `vpc-0123456789abcdef0`, is its key. */
export interface Ec2Resource {
  readonly account: string
  readonly region: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
}

/** What an account has in a region that is no resource. */
export interface Ec2HomeRecord {
  /** `homeKey()`. */
  readonly key: string
  /** How many default VPCs there have been: the first comes by itself, further ones when they are asked for. */
  readonly defaultVpcs: number
}

export interface CidrAssociation {
  readonly associationId: string
  readonly cidrBlock: string
}

export interface VpcRecord extends Ec2Resource {
  readonly vpcId: string
  /** The first one is the VPC's own, the others were added. */
  readonly cidrBlocks: readonly [CidrAssociation, ...CidrAssociation[]]
  readonly isDefault: boolean
  readonly instanceTenancy: 'default' | 'dedicated'
  readonly enableDnsSupport: boolean
  readonly enableDnsHostnames: boolean
  readonly enableNetworkAddressUsageMetrics: boolean
}

export interface SubnetRecord extends Ec2Resource {
  readonly subnetId: string
  readonly vpcId: string
  /** Name of its availability zone. */
  readonly zoneName: string
  readonly cidrBlock: string
  readonly isDefaultForZone: boolean
  readonly mapPublicIpOnLaunch: boolean
  readonly enableDns64: boolean
  readonly hostnameType: 'ip-name' | 'resource-name'
  readonly enableResourceNameDnsARecord: boolean
  readonly enableResourceNameDnsAAAARecord: boolean
}

export interface SecurityGroupRecord extends Ec2Resource {
  readonly groupId: string
  readonly groupName: string
  readonly description: string
  readonly vpcId: string
}

/** One source or destination, for one range of ports. */
export interface SecurityGroupRuleRecord extends Ec2Resource {
  readonly securityGroupRuleId: string
  readonly groupId: string
  readonly isEgress: boolean
  /** `tcp`, `udp`, `icmp`, `icmpv6`, the number of another protocol, or `-1` for all. */
  readonly ipProtocol: string
  /** Of ICMP the type; -1 is all, and what protocols without ports have. */
  readonly fromPort: number
  /** Of ICMP the code. */
  readonly toPort: number
  /** Exactly one of the following three. */
  readonly cidrIpv4?: string
  readonly cidrIpv6?: string
  readonly referencedGroupId?: string
  readonly description?: string
}

export interface InternetGatewayRecord extends Ec2Resource {
  readonly internetGatewayId: string
  /** Where it is attached. */
  readonly vpcId?: string
}

/** A route that somebody made. Those to the VPC's own addresses are not stored. */
export interface RouteRecord {
  /** An IPv4 or IPv6 block in its shortest form. */
  readonly destination: string
  /** An internet gateway, or `local`. */
  readonly gatewayId: string
}

export interface RouteTableAssociation {
  readonly associationId: string
  /** Absent from the main association, which holds for all subnets without one of their own. */
  readonly subnetId?: string
}

export interface RouteTableRecord extends Ec2Resource {
  readonly routeTableId: string
  readonly vpcId: string
  readonly routes: readonly RouteRecord[]
  readonly associations: readonly RouteTableAssociation[]
}

/** The network ACL that comes with a VPC: all its subnets have it, and it lets everything pass. */
export interface NetworkAclRecord extends Ec2Resource {
  readonly networkAclId: string
  readonly vpcId: string
}

/** The name of the security group that comes with a VPC, and the only one that cannot be deleted. */
export const DEFAULT_SECURITY_GROUP = 'default'

export const primaryCidrBlock = ({ cidrBlocks }: VpcRecord): string => cidrBlocks[0].cidrBlock
