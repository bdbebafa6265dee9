/**
 * Limits of Elastic Load Balancing: its quotas with their default values, and what the API reference states per member.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */

/** Quotas per account and region that are enforced, as DescribeAccountLimits names them. */
export const LOAD_BALANCING_QUOTAS = {
  'application-load-balancers': 50,
  'network-load-balancers': 50,
  'target-groups': 3000,
  'targets-per-application-load-balancer': 1000,
  'targets-per-network-load-balancer': 3000,
  'listeners-per-application-load-balancer': 50,
  'listeners-per-network-load-balancer': 50,
  'rules-per-application-load-balancer': 100,
  'certificates-per-application-load-balancer': 25,
  'certificates-per-network-load-balancer': 25,
  'target-groups-per-application-load-balancer': 100,
  'target-groups-per-action-on-application-load-balancer': 5,
  'target-groups-per-action-on-network-load-balancer': 5,
  'condition-values-per-alb-rule': 5,
  'condition-wildcards-per-alb-rule': 5,
  'trust-stores': 20,
} as const

export type LoadBalancingQuota = keyof typeof LOAD_BALANCING_QUOTAS

/** Results of one page. */
export const ELB_PAGE_SIZE = 400
/** Resources that one Describe call names. */
export const ELB_DESCRIBE_ITEMS = 20
/** Attributes that one call changes. */
export const ATTRIBUTES_PER_CALL = 20
export const ATTRIBUTE_VALUE_LENGTH = 1024

export const LONGEST_DEREGISTRATION_DELAY_SECONDS = 3600

/** Of load balancers, target groups and trust stores. */
export const LOAD_BALANCER_NAME_LENGTH = 32
/** Security groups of one load balancer. */
export const SECURITY_GROUPS_PER_LOAD_BALANCER = 5

/** Targets of one target group. */
export const TARGETS_PER_TARGET_GROUP = 1000
/** Of target groups of Network Load Balancers, which may have more. */
export const TARGETS_PER_NETWORK_TARGET_GROUP = 3000
/** Targets that one call registers or deregisters. */
export const TARGETS_PER_CALL = 1000

export const HEALTH_CHECK_INTERVAL_SECONDS = { min: 5, max: 300 } as const
export const HEALTH_CHECK_TIMEOUT_SECONDS = { min: 2, max: 120 } as const
export const HEALTH_CHECK_THRESHOLD = { min: 2, max: 10 } as const
export const HEALTH_CHECK_PATH_LENGTH = 1024
export const PORT = { min: 1, max: 65_535 } as const
