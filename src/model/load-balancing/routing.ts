/**
 * What balancers are to do, as data: the control plane makes it of its rows and sends it to them (`messages.ts`); they make it true
 * (`src/loadbalancer`). Everything is resolved: addresses of targets, certificates, secrets. A routing table consists of items that are sent
 * and replaced each as a whole.
 */
import type { Action, RuleCondition, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2'
import type {
  HealthCheck,
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
  TrustStoreRecord,
} from './records.ts'

export interface RoutingTable {
  /** By the load balancer's ARN. */
  readonly loadBalancers: ReadonlyMap<string, LoadBalancerRoute>
  /** By the target group's ARN. Only those that load balancers use. */
  readonly targetGroups: ReadonlyMap<string, TargetGroupRoute>
  /** By the certificate's ARN. Only those that listeners use. */
  readonly certificates: ReadonlyMap<string, CertificateMaterial>
  /** By the trust store's ARN. Only those that listeners use. */
  readonly trustStores: ReadonlyMap<string, TrustMaterial>
}

export interface LoadBalancerRoute extends Pick<
  LoadBalancerRecord,
  'loadBalancerArn' | 'name' | 'type' | 'scheme' | 'dnsName' | 'addresses' | 'ipAddressType'
> {
  /** Zones that it is in. */
  readonly zoneNames: readonly string[]
  /** All of them, defaults included. */
  readonly attributes: Readonly<Record<string, string>>
  readonly listeners: readonly ListenerRoute[]
}

export interface ListenerRoute extends Pick<
  ListenerRecord,
  'listenerArn' | 'port' | 'protocol' | 'certificateArns' | 'sslPolicy' | 'alpnPolicy' | 'mutualAuthentication'
> {
  readonly attributes: Readonly<Record<string, string>>
  /** In the order in which they are tried; the last is the default. */
  readonly rules: readonly RuleRoute[]
}

export interface RuleRoute extends Pick<RuleRecord, 'ruleArn' | 'priority'> {
  readonly conditions: readonly RuleCondition[]
  /** In their order, client secrets included. */
  readonly actions: readonly Action[]
  readonly transforms: readonly RuleTransform[]
}

export interface TargetGroupRoute extends Pick<
  TargetGroupRecord,
  'targetGroupArn' | 'name' | 'targetType' | 'protocol' | 'protocolVersion' | 'port'
> {
  readonly healthCheck: HealthCheck
  readonly attributes: Readonly<Record<string, string>>
  readonly targets: readonly TargetRoute[]
}

export interface TargetRoute {
  /** `targetKey()` of it, by which reports name it. */
  readonly key: string
  /** An IP address, resolved; absent while it is not known, as of an instance that is not registered. */
  readonly address?: string
  readonly port: number
  readonly availabilityZone?: string
  readonly isDraining: boolean
  /** Another one at the same key means that the target begins anew: what was known of it was of another. */
  readonly registeredAt?: number
}

export interface CertificateMaterial {
  readonly certificateArn: string
  /** Of the certificate, for logs and for SNI. */
  readonly domainNames: readonly string[]
  /** The certificate and its chain, PEM. */
  readonly chain: string
  readonly privateKey: string
}

export interface TrustMaterial extends Pick<TrustStoreRecord, 'trustStoreArn' | 'caCertificatesBundle'> {
  /** Certificate revocation lists, PEM. */
  readonly revocations: readonly string[]
}
