/** Elastic Load Balancing's modelled faults, by the names its model gives them; clients see them without `Exception`. */
import { Fault } from '../../wire/fault.ts'

const modelled =
  (code: string) =>
  (message: string): Fault =>
    new Fault({ code, message })

/** Not modelled: what the service says of input that no fault of its own is for. */
export const validationError = modelled('ValidationError')
export const invalidConfigurationRequest = modelled('InvalidConfigurationRequestException')
export const operationNotPermitted = modelled('OperationNotPermittedException')
export const resourceInUse = modelled('ResourceInUseException')
export const resourceNotFound = modelled('ResourceNotFoundException')

export const loadBalancerNotFound = modelled('LoadBalancerNotFoundException')
export const duplicateLoadBalancerName = modelled('DuplicateLoadBalancerNameException')
export const tooManyLoadBalancers = modelled('TooManyLoadBalancersException')
export const invalidScheme = modelled('InvalidSchemeException')
export const invalidSubnet = modelled('InvalidSubnetException')
export const subnetNotFound = modelled('SubnetNotFoundException')
export const invalidSecurityGroup = modelled('InvalidSecurityGroupException')
export const allocationIdNotFound = modelled('AllocationIdNotFoundException')

export const targetGroupNotFound = modelled('TargetGroupNotFoundException')
export const duplicateTargetGroupName = modelled('DuplicateTargetGroupNameException')
export const tooManyTargetGroups = modelled('TooManyTargetGroupsException')
export const targetGroupAssociationLimit = modelled('TargetGroupAssociationLimitException')
export const invalidTarget = modelled('InvalidTargetException')
export const tooManyTargets = modelled('TooManyTargetsException')

export const listenerNotFound = modelled('ListenerNotFoundException')
export const ruleNotFound = modelled('RuleNotFoundException')
export const trustStoreNotFound = modelled('TrustStoreNotFoundException')

export const duplicateTagKeys = modelled('DuplicateTagKeysException')
export const tooManyTags = modelled('TooManyTagsException')
