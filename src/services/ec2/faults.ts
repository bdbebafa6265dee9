/**
 * EC2's faults. Its model has none, so they are codes by name.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { Fault } from '../../wire/fault.ts'

const CODES = [
  'CannotDelete',
  'DefaultSubnetAlreadyExistsInAvailabilityZone',
  'DefaultVpcAlreadyExists',
  'DefaultVpcDoesNotExist',
  'DependencyViolation',
  'DryRunOperation',
  'FilterLimitExceeded',
  'Gateway.NotAttached',
  'IdempotentParameterMismatch',
  'InternetGatewayLimitExceeded',
  'InvalidAddress.NotFound',
  'InvalidAllocationID.NotFound',
  'InvalidAssociationID.NotFound',
  'InvalidCarrierGatewayID.NotFound',
  'InvalidCidrBlockAssociationID.NotFound',
  'InvalidEgressOnlyInternetGatewayId.NotFound',
  'InvalidGatewayID.NotFound',
  'InvalidGroup.Duplicate',
  'InvalidGroup.NotFound',
  'InvalidGroup.Reserved',
  'InvalidID',
  'InvalidInstanceID.NotFound',
  'InvalidInternetGatewayID.NotFound',
  'InvalidLocalGatewayID.NotFound',
  'InvalidNatGatewayID.NotFound',
  'InvalidNetworkAclID.NotFound',
  'InvalidNetworkInterfaceID.NotFound',
  'InvalidNextToken',
  'InvalidPermission.Duplicate',
  'InvalidPermission.NotFound',
  'InvalidPrefixListID.NotFound',
  'InvalidRoute.NotFound',
  'InvalidRouteTableID.NotFound',
  'InvalidSecurityGroupRuleId.NotFound',
  'InvalidSubnet.Conflict',
  'InvalidSubnet.Range',
  'InvalidSubnetID.NotFound',
  'InvalidTransitGatewayID.NotFound',
  'InvalidVpc.Range',
  'InvalidVpcEndpointId.NotFound',
  'InvalidVpcID.NotFound',
  'InvalidVpcPeeringConnectionID.NotFound',
  'InvalidVpnGatewayID.NotFound',
  'NatGatewayNotFound',
  'OperationNotPermitted',
  'Resource.AlreadyAssociated',
  'RouteAlreadyExists',
  'RouteLimitExceeded',
  'RouteTableLimitExceeded',
  'RulesPerSecurityGroupLimitExceeded',
  'SecurityGroupLimitExceeded',
  'SubnetLimitExceeded',
  'TagLimitExceeded',
  'UnauthorizedOperation',
  'UnsupportedOperation',
  'VPCIdNotSpecified',
  'VpcLimitExceeded',
] as const

export type Ec2Code = (typeof CODES)[number]

export const EC2_CODES: ReadonlySet<string> = new Set(CODES)

export const ec2Fault = (code: Ec2Code, message: string): Fault => new Fault({ code, message })

export const invalidValue = (message: string): Fault => new Fault({ code: 'InvalidParameterValue', message })

export const invalidCombination = (message: string): Fault =>
  new Fault({ code: 'InvalidParameterCombination', message })

export const missingParameter = (name: string): Fault =>
  new Fault({ code: 'MissingParameter', message: `The request must contain the parameter ${name}` })

export const dependencyViolation = (message: string): Fault => ec2Fault('DependencyViolation', message)

/** AWS: of `vpcs` and their like, with the limit. */
export const limitExceeded = (code: Ec2Code, what: string, limit: number): Fault =>
  ec2Fault(code, `The maximum number of ${what} has been reached: ${limit}.`)

/** What `DryRun` answers with when nothing else is wrong. */
export const dryRunOperation = (): Fault =>
  new Fault({
    code: 'DryRunOperation',
    message: 'Request would have succeeded, but DryRun flag is set.',
    status: 412,
  })

/** Refuses members of the input that mean something which is not here. Members that are false ask for nothing. */
export const refuseUnsupported = <Input extends object>(
  input: Input,
  names: readonly (keyof Input & string)[],
): void => {
  const given = names.find((name) => input[name] !== undefined && input[name] !== false)
  if (given !== undefined) throw ec2Fault('UnsupportedOperation', `The parameter ${given} is not supported here.`)
}
