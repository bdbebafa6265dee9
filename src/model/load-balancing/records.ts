/**
 * What is stored of load balancers: a load balancer has listeners, a listener has rules, a rule's actions name target groups, and target
 * groups have targets. What balancers report of targets is not stored (`TargetHealthBook`).
 *
 * Shapes: LoadBalancer, Listener, Rule, TargetGroup, TrustStore in the Elastic Load Balancing API reference, version 2015-12-01.
 */
import type {
  Action,
  IpAddressType,
  LoadBalancerSchemeEnum as LoadBalancerScheme,
  Matcher,
  MutualAuthenticationAttributes,
  ProtocolEnum as Protocol,
  RuleCondition,
  RuleTransform,
  TargetTypeEnum as TargetType,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Sealed } from '../../kit/sealing.ts'
import type { Tag } from '../records.ts'

/** Attributes as the API names them: only those that were set; what they are otherwise is a matter of `attributes.ts`. */
export type Attributes = Readonly<Record<string, string>>

export interface LoadBalancerRecord {
  readonly loadBalancerArn: string
  readonly account: string
  readonly region: string
  readonly name: string
  /** 16 hexadecimal digits, the end of the ARN. */
  readonly loadBalancerId: string
  readonly type: 'application' | 'network'
  readonly scheme: LoadBalancerScheme
  readonly ipAddressType: IpAddressType
  readonly dnsName: string
  /** From the pool of the installation; balancers listen there. */
  readonly addresses: readonly string[]
  readonly vpcId: string
  readonly subnets: readonly LoadBalancerSubnet[]
  readonly securityGroups: readonly string[]
  /** `provisioning` until a balancer said that it serves it. */
  readonly state: 'provisioning' | 'active' | 'failed'
  readonly stateReason?: string
  readonly createdAt: number
  readonly attributes: Attributes
  readonly tags: readonly Tag[]
}

export interface LoadBalancerSubnet {
  readonly subnetId: string
  readonly zoneName: string
  readonly privateIpAddress?: string
  readonly allocationId?: string
}

export interface ListenerRecord {
  readonly listenerArn: string
  readonly loadBalancerArn: string
  readonly port: number
  readonly protocol: Protocol
  /** The default certificate first; then those for server names. ARNs of ACM or IAM. */
  readonly certificateArns: readonly string[]
  readonly sslPolicy?: string
  readonly alpnPolicy: readonly string[]
  readonly mutualAuthentication?: MutualAuthenticationAttributes
  readonly attributes: Attributes
  readonly createdAt: number
  readonly tags: readonly Tag[]
}

/** The default rule is a row, too. */
export interface RuleRecord {
  readonly ruleArn: string
  readonly listenerArn: string
  readonly loadBalancerArn: string
  /** 1 to 50,000; `default` comes last. */
  readonly priority: number | 'default'
  readonly conditions: readonly RuleCondition[]
  /** In their order. Client secrets are not in here but in `clientSecret`. */
  readonly actions: readonly Action[]
  /** Of its `authenticate-oidc` action. */
  readonly clientSecret?: Sealed
  readonly transforms: readonly RuleTransform[]
  readonly createdAt: number
  readonly tags: readonly Tag[]
}

export interface TargetGroupRecord {
  readonly targetGroupArn: string
  readonly account: string
  readonly region: string
  readonly name: string
  readonly targetType: Exclude<TargetType, 'lambda'>
  readonly protocol: Protocol
  readonly protocolVersion?: 'HTTP1' | 'HTTP2' | 'GRPC'
  /** Of targets that name none. */
  readonly port: number
  readonly vpcId: string
  readonly ipAddressType: 'ipv4' | 'ipv6'
  readonly healthCheck: HealthCheck
  /** Load balancers whose listeners' rules name it. */
  readonly loadBalancerArns: readonly string[]
  readonly createdAt: number
  readonly attributes: Attributes
  readonly tags: readonly Tag[]
}

/** Complete: what the request left out has its default. */
export interface HealthCheck {
  readonly isEnabled: boolean
  readonly protocol: Protocol
  /** A number, or `traffic-port`. */
  readonly port: string
  /** Of HTTP and HTTPS. */
  readonly path?: string
  readonly matcher?: Matcher
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

/** A target of a target group: from RegisterTargets until it is drained. */
export interface TargetRecord {
  readonly targetGroupArn: string
  /** An instance's id, an IP address, or the ARN of an Application Load Balancer. */
  readonly targetId: string
  readonly port: number
  /** `all`, or absent: the zone of its subnet. */
  readonly availabilityZone?: string
  readonly registeredAt: number
  /** It was deregistered: it gets no new requests, and is gone when it has none under way, at this time at the latest. */
  readonly drainingUntil?: number
  /** The task of an ECS service that it stands for; absent for what RegisterTargets registered. */
  readonly taskId?: string
}

export interface TrustStoreRecord {
  readonly trustStoreArn: string
  readonly account: string
  readonly region: string
  readonly name: string
  /** Certificates in PEM, one after another. */
  readonly caCertificatesBundle: string
  readonly revocations: readonly TrustStoreRevocationRecord[]
  readonly createdAt: number
  readonly tags: readonly Tag[]
}

export interface TrustStoreRevocationRecord {
  readonly revocationId: number
  /** A certificate revocation list in PEM. */
  readonly content: string
  readonly revokedEntries: number
}

/** A target within its group; also how reports name it. */
export const targetKey = ({ targetId, port }: Pick<TargetRecord, 'targetId' | 'port'>): string => `${targetId}:${port}`

export const targetRowKey = (target: Pick<TargetRecord, 'targetGroupArn' | 'targetId' | 'port'>): string =>
  `${target.targetGroupArn}/${targetKey(target)}`

/** What a rule's client secret is sealed for. */
export const clientSecretPurpose = ({ ruleArn }: Pick<RuleRecord, 'ruleArn'>): string => `client-secret/${ruleArn}`
