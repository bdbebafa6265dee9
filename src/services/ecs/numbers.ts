/**
 * Widths of the model's numbers that are not 32-bit integers, as the API reference states them (Long, Double). The SDK's schemas only
 * say that they are numbers.
 */
import type { NumberKinds } from '../../wire/schema.ts'

export const ecsNumbers: NumberKinds = {
  'CanaryConfiguration.canaryPercent': 'double',
  'ContainerInstance.version': 'long',
  'DaemonDeploymentConfiguration.drainPercent': 'double',
  'DeploymentEarlySuccessCriteria.healthyPercent': 'double',
  'LinearConfiguration.stepPercent': 'double',
  'MemoryGiBPerVCpuRequest.max': 'double',
  'MemoryGiBPerVCpuRequest.min': 'double',
  'NetworkBandwidthGbpsRequest.max': 'double',
  'NetworkBandwidthGbpsRequest.min': 'double',
  'Resource.doubleValue': 'double',
  'Resource.longValue': 'long',
  'Scale.value': 'double',
  'Task.version': 'long',
  'ThresholdConfiguration.value': 'double',
  'TotalLocalStorageGBRequest.max': 'double',
  'TotalLocalStorageGBRequest.min': 'double',
}
