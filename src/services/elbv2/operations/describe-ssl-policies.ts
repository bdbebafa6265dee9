/** DescribeSSLPolicies: the security policies that listeners may have. */
import type {
  DescribeSSLPoliciesInput,
  DescribeSSLPoliciesOutput,
  SslPolicy,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { getSslPolicy, type SecurityPolicy, SSL_POLICIES } from '../../../model/load-balancing/ssl-policies.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { validationError } from '../faults.ts'
import { sslPolicyNotFound } from '../listener-faults.ts'
import { page } from '../page.ts'

const TYPES = ['application', 'network']

export const describeSslPolicies: Elbv2Operation<DescribeSSLPoliciesInput, DescribeSSLPoliciesOutput> = {
  access: onAnything,
  handle: (input, context) => {
    const { Names: names = [], LoadBalancerType: type } = input
    if (type !== undefined && ![...TYPES, 'gateway'].includes(type))
      throw validationError(`Load balancer type '${type}' must be one of '[${TYPES.join(', ')}, gateway]'`)
    const found = type === 'gateway' ? [] : names.length > 0 ? [...new Set(names)].map(requirePolicy) : SSL_POLICIES
    const { items, rest } = page(context, 'ssl-policies', found, input, keyOf)
    return { SslPolicies: items.map(describePolicy), ...rest }
  },
}

const requirePolicy = (name: string): SecurityPolicy => {
  const policy = getSslPolicy(name)
  if (policy === undefined) throw sslPolicyNotFound('One or more SSL policies not found')
  return policy
}

/** In the order of the table. */
const keyOf = (policy: SecurityPolicy): string => String(SSL_POLICIES.indexOf(policy)).padStart(3, '0')

const describePolicy = ({ name, protocols, ciphers }: SecurityPolicy): SslPolicy => ({
  Name: name,
  SslProtocols: [...protocols],
  Ciphers: ciphers.map((cipher, index) => ({ Name: cipher, Priority: index + 1 })),
  SupportedLoadBalancerTypes: TYPES,
})
