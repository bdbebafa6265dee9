/**
 * The Auto Scaling group of a capacity provider and how it is managed: checked, and complete with defaults.
 * Rules: AutoScalingGroupProvider and ManagedScaling in the API reference.
 */
import type { AutoScalingGroupProvider, AutoScalingGroupProviderUpdate, ManagedScaling } from '@aws-sdk/client-ecs'
import { isArn, parseArn } from '../../model/arn.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { clientException, invalidParameter } from './faults.ts'

/** AWS: managed scaling is off unless it is asked for, managed draining is on. */
const DEFAULTS = {
  managedScaling: {
    status: 'DISABLED',
    targetCapacity: 100,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
  },
  managedTerminationProtection: 'DISABLED',
  managedDraining: 'ENABLED',
} as const

const RANGES = {
  targetCapacity: [1, 100],
  minimumScalingStepSize: [1, 10_000],
  maximumScalingStepSize: [1, 10_000],
  instanceWarmupPeriod: [0, 10_000],
} as const

/** Of a new capacity provider. */
export const checkedGroupProvider = (given: AutoScalingGroupProvider): AutoScalingGroupProvider => {
  const autoScalingGroupArn = checkedGroup(given.autoScalingGroupArn)
  return updatedGroupProvider({ autoScalingGroupArn, ...DEFAULTS }, given)
}

/** With the members given; what a request leaves out stays as it is. */
export const updatedGroupProvider = (
  current: AutoScalingGroupProvider,
  { managedScaling, managedTerminationProtection, managedDraining }: AutoScalingGroupProviderUpdate,
): AutoScalingGroupProvider => {
  const updated: AutoScalingGroupProvider = {
    autoScalingGroupArn: current.autoScalingGroupArn,
    managedScaling: mergedScaling(current.managedScaling, managedScaling),
    managedTerminationProtection: managedTerminationProtection ?? current.managedTerminationProtection,
    managedDraining: managedDraining ?? current.managedDraining,
  }
  check(updated)
  return updated
}

const mergedScaling = (current: ManagedScaling = {}, given: ManagedScaling = {}): ManagedScaling => ({
  status: given.status ?? current.status,
  targetCapacity: given.targetCapacity ?? current.targetCapacity,
  minimumScalingStepSize: given.minimumScalingStepSize ?? current.minimumScalingStepSize,
  maximumScalingStepSize: given.maximumScalingStepSize ?? current.maximumScalingStepSize,
  instanceWarmupPeriod: given.instanceWarmupPeriod ?? current.instanceWarmupPeriod,
})

/** An ARN, or a name. */
const checkedGroup = (arnOrName: string | undefined): string => {
  const isValid = isArn(arnOrName ?? '')
    ? /^autoScalingGroup:[^:]*:autoScalingGroupName\/[^:]+$/.test(groupResource(arnOrName))
    : /^[^:\p{Cc}]{1,255}$/u.test(arnOrName ?? '')
  if (isValid && arnOrName) return arnOrName
  throw clientException(
    'The specified Auto Scaling group ARN is invalid. Specify a valid Auto Scaling group ARN and try again.',
  )
}

const groupResource = (arn: string | undefined): string => {
  const parsed = parseArn(arn ?? '')
  return parsed?.service === 'autoscaling' ? parsed.resource : ''
}

const check = ({ managedScaling = {}, managedTerminationProtection, managedDraining }: AutoScalingGroupProvider) => {
  const status = oneOf('managedScaling.status', managedScaling.status ?? '', ecsEnums.ManagedScalingStatus)
  const isProtected = oneOf(
    'managedTerminationProtection',
    managedTerminationProtection ?? '',
    ecsEnums.ManagedTerminationProtection,
  )
  oneOf('managedDraining', managedDraining ?? '', ecsEnums.ManagedDraining)
  for (const [member, [min, max]] of Object.entries(RANGES)) {
    const value = managedScaling[member as keyof typeof RANGES]
    if (value === undefined || !Number.isInteger(value) || value < min || value > max)
      throw invalidParameter(`The managed scaling ${member} must be between ${min} and ${max}.`)
  }
  const { minimumScalingStepSize = 0, maximumScalingStepSize = 0 } = managedScaling
  if (minimumScalingStepSize > maximumScalingStepSize)
    throw invalidParameter('The minimumScalingStepSize must not be greater than the maximumScalingStepSize.')
  if (isProtected === 'ENABLED' && status !== 'ENABLED') {
    throw clientException(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination ' +
        'protection for a capacity provider, managed scaling must be enabled.',
    )
  }
}
