/** Limits of EC2's networks. Those of how many there may be are AWS's after a request to raise them. Source: Amazon VPC quotas. */

/** Results of one page of a describe, unless the operation has its own. */
export const EC2_PAGE = { min: 5, max: 1000 } as const
export const EC2_ROUTE_TABLE_PAGE = { min: 5, max: 100 } as const
/** Of all filters of a request together. Source: Filters, Amazon EC2 API reference. */
export const EC2_FILTER_VALUES = 200
export const VPCS = 100
/** IPv4 blocks of a VPC, and how long the prefix of one may be, as of a subnet's. */
export const VPC_CIDR_BLOCKS = 5
export const VPC_PREFIX = { min: 16, max: 28 } as const
export const SUBNETS_PER_VPC = 200
/** Addresses of a subnet that nobody gets: the first four and the last one. */
export const SUBNET_RESERVED_ADDRESSES = 5
export const INTERNET_GATEWAYS = 100
export const ROUTE_TABLES_PER_VPC = 200
export const ROUTES_PER_TABLE = 500
export const SECURITY_GROUPS = 2500
/** In each direction, for IPv4 and for IPv6. */
export const RULES_PER_SECURITY_GROUP = 60
export const SECURITY_GROUP_NAME_LENGTH = 255
export const SECURITY_GROUP_DESCRIPTION_LENGTH = 255
export const SECURITY_GROUPS_PER_INTERFACE = 5
/** Resources that one CreateTags or DeleteTags may name. */
export const TAGGED_RESOURCES = 1000
