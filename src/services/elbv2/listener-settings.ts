/** What a listener is made of besides its default actions: port, protocol, certificate, TLS, and what they demand of each other. */
import type {
  Certificate,
  MutualAuthenticationAttributes,
  ProtocolEnum as Protocol,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { PORT } from '../../model/load-balancing/limits.ts'
import type { ListenerRecord, LoadBalancerRecord } from '../../model/load-balancing/records.ts'
import { DEFAULT_SSL_POLICY, getSslPolicy } from '../../model/load-balancing/ssl-policies.ts'
import { isSecure, singleCertificate } from './certificates.ts'
import type { Fault } from '../../wire/fault.ts'
import type { Elbv2Context } from './context.ts'
import { validationError } from './faults.ts'
import { alpnPolicyNotSupported, duplicateListener, sslPolicyNotFound } from './listener-faults.ts'
import { requireTrustStore } from './lookups.ts'

/** Of a request that makes a listener or changes one. */
export interface ListenerRequest {
  readonly Port?: number | undefined
  readonly Protocol?: Protocol | undefined
  readonly SslPolicy?: string | undefined
  readonly Certificates?: readonly Certificate[] | undefined
  readonly AlpnPolicy?: readonly string[] | undefined
  readonly MutualAuthentication?: MutualAuthenticationAttributes | undefined
}

export type ListenerSettings = Pick<ListenerRecord, 'port' | 'protocol' | 'certificateArns' | 'alpnPolicy'> & {
  readonly sslPolicy: string | undefined
  readonly mutualAuthentication: MutualAuthenticationAttributes | undefined
}

/** The settings that a listener has after a request, whether its port is free or not. `before`: those that it has now; absent if it is made. */
export const listenerSettings = (
  context: Elbv2Context,
  loadBalancer: LoadBalancerRecord,
  request: ListenerRequest,
  before?: ListenerRecord,
): ListenerSettings => {
  const protocol = checkedProtocol(loadBalancer, request.Protocol ?? before?.protocol)
  const port = checkedPort(request.Port ?? before?.port)
  const own = isSecure(protocol) ? before : undefined
  return {
    port,
    protocol,
    certificateArns: certificatesOf(context, protocol, request, own),
    sslPolicy: sslPolicyOf(protocol, request, own),
    alpnPolicy: alpnPolicyOf(protocol, request, own),
    mutualAuthentication: mutualAuthenticationOf(context, protocol, request, own),
  }
}

const PROTOCOLS = {
  application: ['HTTP', 'HTTPS'],
  network: ['TCP', 'TLS', 'UDP', 'TCP_UDP'],
} as const satisfies Record<LoadBalancerRecord['type'], readonly Protocol[]>

const checkedProtocol = ({ type, ipAddressType }: LoadBalancerRecord, protocol: Protocol | undefined): Protocol => {
  const allowed: readonly Protocol[] = PROTOCOLS[type]
  if (protocol === undefined) throw validationError('A listener protocol must be specified')
  if (!allowed.includes(protocol))
    throw validationError(`Protocol '${protocol}' must be one of '${allowed.join(', ')}'`)
  if (ipAddressType !== 'ipv4' && (protocol === 'UDP' || protocol === 'TCP_UDP'))
    throw validationError(`Protocol '${protocol}' is not supported by load balancers with IP address type 'dualstack'`)
  return protocol
}

const checkedPort = (port: number | undefined): number => {
  if (port === undefined) throw validationError('A listener port must be specified')
  if (!Number.isInteger(port) || port < PORT.min || port > PORT.max)
    throw validationError(`Listener port '${port}' must be between ${PORT.min} and ${PORT.max}`)
  return port
}

/** Another listener than `before` at the port. AWS: TCP and UDP on one port are `TCP_UDP`, and cannot be two listeners. */
export const getListenerAt = (
  { tx }: Elbv2Context,
  { loadBalancerArn }: LoadBalancerRecord,
  port: number,
  before?: ListenerRecord,
): ListenerRecord | undefined =>
  tx.listeners
    .find('byLoadBalancer', loadBalancerArn)
    .find((other) => other.port === port && other.listenerArn !== before?.listenerArn)

export const portTaken = ({ loadBalancerArn }: LoadBalancerRecord): Fault =>
  duplicateListener(`A listener already exists on this port for this load balancer '${loadBalancerArn}'`)

/** The default certificate, before those for server names. */
const certificatesOf = (
  context: Elbv2Context,
  protocol: Protocol,
  { Certificates: certificates }: ListenerRequest,
  before?: ListenerRecord,
): readonly string[] => {
  const given = singleCertificate(context, certificates)
  if (!isSecure(protocol)) {
    if (given !== undefined) throw validationError(`Certificates cannot be specified for ${protocol} listeners`)
    return []
  }
  const [current, ...others] = before?.certificateArns ?? []
  const chosen = given ?? current
  if (chosen === undefined) throw validationError(`A certificate must be specified for ${protocol} listeners`)
  return [chosen, ...others]
}

const sslPolicyOf = (
  protocol: Protocol,
  { SslPolicy: policy }: ListenerRequest,
  before?: ListenerRecord,
): string | undefined => {
  if (!isSecure(protocol)) {
    if (policy !== undefined) throw validationError(`An SSL policy cannot be specified for ${protocol} listeners`)
    return undefined
  }
  const name = policy ?? before?.sslPolicy ?? DEFAULT_SSL_POLICY
  if (getSslPolicy(name) === undefined) throw sslPolicyNotFound(`SSL policy '${name}' not found`)
  return name
}

const ALPN_POLICIES = ['HTTP1Only', 'HTTP2Only', 'HTTP2Optional', 'HTTP2Preferred', 'None']

const alpnPolicyOf = (
  protocol: Protocol,
  { AlpnPolicy: policies }: ListenerRequest,
  before?: ListenerRecord,
): readonly string[] => {
  if (policies === undefined || policies.length === 0) return protocol === 'TLS' ? (before?.alpnPolicy ?? []) : []
  if (protocol !== 'TLS') throw validationError(`An ALPN policy cannot be specified for ${protocol} listeners`)
  if (policies.length > 1) throw validationError('Only one ALPN policy can be specified')
  const unknown = policies.find((policy) => !ALPN_POLICIES.includes(policy))
  if (unknown !== undefined)
    throw alpnPolicyNotSupported(`ALPN policy '${unknown}' must be one of '[${ALPN_POLICIES.join(', ')}]'`)
  return policies
}

/** Every HTTPS listener has one. */
const mutualAuthenticationOf = (
  context: Elbv2Context,
  protocol: Protocol,
  { MutualAuthentication: given }: ListenerRequest,
  before?: ListenerRecord,
): MutualAuthenticationAttributes | undefined => {
  if (protocol === 'HTTPS')
    return given === undefined ? (before?.mutualAuthentication ?? { Mode: 'off' }) : checkedMutual(context, given)
  if (given !== undefined) throw validationError(`Mutual authentication cannot be specified for ${protocol} listeners`)
  return undefined
}

const checkedMutual = (
  context: Elbv2Context,
  given: MutualAuthenticationAttributes,
): MutualAuthenticationAttributes => {
  const { Mode: mode = 'off', TrustStoreArn: arn, IgnoreClientCertificateExpiry: ignoresExpiry } = given
  const { AdvertiseTrustStoreCaNames: advertises } = given
  if (mode === 'verify') {
    if (arn === undefined || arn === '')
      throw validationError("A trust store must be specified for mutual authentication mode 'verify'")
    if (advertises !== undefined && advertises !== 'on' && advertises !== 'off')
      throw validationError("AdvertiseTrustStoreCaNames must be one of '[on, off]'")
    return {
      Mode: mode,
      TrustStoreArn: requireTrustStore(context, arn).trustStoreArn,
      IgnoreClientCertificateExpiry: ignoresExpiry ?? false,
      TrustStoreAssociationStatus: 'active',
      AdvertiseTrustStoreCaNames: advertises ?? 'off',
    }
  }
  if (mode !== 'off' && mode !== 'passthrough')
    throw validationError(`Mutual authentication mode '${mode}' must be one of '[off, passthrough, verify]'`)
  if (arn !== undefined || ignoresExpiry !== undefined || advertises === 'on')
    throw validationError(`Trust stores cannot be specified for mutual authentication mode '${mode}'`)
  return { Mode: mode }
}
