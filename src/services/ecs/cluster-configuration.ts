/**
 * The parts of a cluster that CreateCluster, UpdateCluster and UpdateClusterSettings share: settings, configuration and Service
 * Connect defaults, checked as ECS checks them.
 */
import type {
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterServiceConnectDefaultsRequest,
  ClusterSetting,
  ExecuteCommandConfiguration,
} from '@aws-sdk/client-ecs'
import { isArn } from '../../model/arn.ts'
import { NAMESPACE_LENGTH } from '../../model/limits.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'

const CONTAINER_INSIGHTS_VALUES: readonly string[] = ['enhanced', 'enabled', 'disabled']

/** The settings given, each name and value known. */
const checkedSettings = (settings: readonly ClusterSetting[]): readonly ClusterSetting[] =>
  settings.map(({ name, value }) => {
    oneOf('settings.name', name ?? '', ecsEnums.ClusterSettingName)
    if (value === undefined || !CONTAINER_INSIGHTS_VALUES.includes(value))
      throw invalidParameter("Invalid setting 'value'")
    return { name, value }
  })

/** `current` with the settings given laid over it by name. */
export const mergedSettings = (
  current: readonly ClusterSetting[],
  given: readonly ClusterSetting[],
): readonly ClusterSetting[] => [
  ...new Map([...current, ...checkedSettings(given)].map((setting) => [setting.name, setting])).values(),
]

export const checkedConfiguration = (configuration: ClusterConfiguration): ClusterConfiguration => {
  if (configuration.executeCommandConfiguration !== undefined)
    checkExecuteCommand(configuration.executeCommandConfiguration)
  if (configuration.managedStorageConfiguration?.fargateEphemeralStorageKmsKeyId !== undefined) {
    // Tasks' ephemeral storage lies unencrypted on the machine's disk; taking a key would promise otherwise.
    throw invalidParameter('The fargateEphemeralStorageKmsKeyId parameter is not supported.')
  }
  return configuration
}

const checkExecuteCommand = ({ logging = 'DEFAULT', logConfiguration }: ExecuteCommandConfiguration): void => {
  const mode = oneOf('configuration.executeCommandConfiguration.logging', logging, ecsEnums.ExecuteCommandLogging)
  if (mode === 'OVERRIDE' && logConfiguration === undefined) {
    throw invalidParameter('A logConfiguration must be specified when the logging option is OVERRIDE.')
  }
  if (mode !== 'OVERRIDE' && logConfiguration !== undefined) {
    throw invalidParameter('A logConfiguration can only be specified when the logging option is OVERRIDE.')
  }
  const { cloudWatchLogGroupName, s3BucketName, cloudWatchEncryptionEnabled, s3EncryptionEnabled, s3KeyPrefix } =
    logConfiguration ?? {}
  if (mode === 'OVERRIDE' && cloudWatchLogGroupName === undefined && s3BucketName === undefined) {
    throw invalidParameter('The logConfiguration must specify a cloudWatchLogGroupName or an s3BucketName.')
  }
  if (cloudWatchEncryptionEnabled !== undefined && cloudWatchLogGroupName === undefined) {
    throw invalidParameter('The cloudWatchEncryptionEnabled option requires a cloudWatchLogGroupName.')
  }
  if ((s3EncryptionEnabled !== undefined || s3KeyPrefix !== undefined) && s3BucketName === undefined) {
    throw invalidParameter('The s3EncryptionEnabled and s3KeyPrefix options require an s3BucketName.')
  }
}

/** The namespace as it is kept; an empty one, which takes the default away, is undefined. */
export const checkedServiceConnectDefaults = ({
  namespace = '',
}: ClusterServiceConnectDefaultsRequest): ClusterServiceConnectDefaults | undefined => {
  if (namespace === '') return undefined
  if (namespace.length > NAMESPACE_LENGTH || (!isArn(namespace) && /[<>"/]/.test(namespace))) {
    throw invalidParameter('The namespace name is invalid.')
  }
  return { namespace }
}
