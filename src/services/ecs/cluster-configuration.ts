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
  ExecuteCommandLogConfiguration,
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
  if (logConfiguration !== undefined) checkSessionLog(logConfiguration)
}

const checkSessionLog = (logConfiguration: ExecuteCommandLogConfiguration): void => {
  const { cloudWatchLogGroupName, s3BucketName, s3EncryptionEnabled, s3KeyPrefix } = logConfiguration
  // There is no S3 here to keep a transcript in; taking a bucket would promise one.
  if (s3BucketName !== undefined || s3EncryptionEnabled || s3KeyPrefix !== undefined)
    throw invalidParameter(
      'Logging of ECS Exec sessions to Amazon S3 is not supported. Specify a cloudWatchLogGroupName.',
    )
  if (!cloudWatchLogGroupName) throw invalidParameter('The logConfiguration must specify a cloudWatchLogGroupName.')
  if (!LOG_GROUP_NAME.test(cloudWatchLogGroupName))
    throw invalidParameter('The cloudWatchLogGroupName is not the name of a log group.')
}

/** Source: CreateLogGroup. */
const LOG_GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/

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
