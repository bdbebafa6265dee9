/** Whether a load balancer can have an IP address type: balancers listen on IPv4 addresses, and no subnet has IPv6 ones. */
import type { LoadBalancerRecord } from '../../model/load-balancing/records.ts'
import { invalidConfigurationRequest, validationError } from './faults.ts'

const TYPES: readonly string[] = ['ipv4', 'dualstack', 'dualstack-without-public-ipv4']

export const checkIpAddressType = (type: LoadBalancerRecord['type'], ipAddressType = 'ipv4'): void => {
  if (ipAddressType === 'ipv4') return
  if (!TYPES.includes(ipAddressType))
    throw validationError(
      `1 validation error detected: Value '${ipAddressType}' at 'ipAddressType' failed to satisfy constraint: Member must satisfy enum value set: [${TYPES.join(', ')}]`,
    )
  if (type === 'network' && ipAddressType !== 'dualstack')
    throw invalidConfigurationRequest(
      "The specified IP address type is not supported on load balancers with type 'network'.",
    )
  throw invalidConfigurationRequest('You must specify subnets with an associated IPv6 CIDR block.')
}
