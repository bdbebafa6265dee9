/**
 * What clients look for beside a VPC's own parts, and of which there is nothing here: network interfaces, elastic addresses, NAT gateways
 * and virtual private gateways. Nobody can make one, so that there are none; an id of one is not found.
 */
import type {
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DescribeVpnGatewaysRequest,
  DescribeVpnGatewaysResult,
} from '@aws-sdk/client-ec2'
import { onAnything } from '../access.ts'
import { type Ec2Code, ec2Fault } from '../faults.ts'
import { ec2Operation } from '../operation.ts'

const checkNoneNamed = (named: string, code: Ec2Code, ids: readonly string[] | undefined): void => {
  const [id] = ids ?? []
  if (id !== undefined) throw ec2Fault(code, `The ${named} '${id}' does not exist`)
}

export const describeNetworkInterfaces = ec2Operation<
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult
>({
  access: onAnything,
  handle: ({ NetworkInterfaceIds }) => {
    checkNoneNamed('networkInterface ID', 'InvalidNetworkInterfaceID.NotFound', NetworkInterfaceIds)
    return { NetworkInterfaces: [] }
  },
})

export const describeAddresses = ec2Operation<DescribeAddressesRequest, DescribeAddressesResult>({
  access: onAnything,
  handle: ({ AllocationIds, PublicIps }) => {
    checkNoneNamed('allocation ID', 'InvalidAllocationID.NotFound', AllocationIds)
    checkNoneNamed('address', 'InvalidAddress.NotFound', PublicIps)
    return { Addresses: [] }
  },
})

export const describeNatGateways = ec2Operation<DescribeNatGatewaysRequest, DescribeNatGatewaysResult>({
  access: onAnything,
  handle: ({ NatGatewayIds }) => {
    checkNoneNamed('NAT gateway', 'NatGatewayNotFound', NatGatewayIds)
    return { NatGateways: [] }
  },
})

export const describeVpnGateways = ec2Operation<DescribeVpnGatewaysRequest, DescribeVpnGatewaysResult>({
  access: onAnything,
  handle: ({ VpnGatewayIds }) => {
    checkNoneNamed('vpnGateway ID', 'InvalidVpnGatewayID.NotFound', VpnGatewayIds)
    return { VpnGateways: [] }
  },
})
