/** Where the transcript of a session goes, as its cluster says. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { parseArn } from '../../model/arn.ts'
import type { SessionLogging } from '../../model/exec-session.ts'
import type { ClusterRecord } from '../../model/records.ts'

/**
 * Undefined where nothing is recorded. AWS: unless the cluster says otherwise, it is where the container's own output goes, if that goes to
 * CloudWatch Logs; the stream is named as the session is.
 */
export const sessionLogging = (
  { clusterArn, configuration }: ClusterRecord,
  container: ContainerDefinition | undefined,
  sessionId: string,
): SessionLogging | undefined => {
  const { logging = 'DEFAULT', logConfiguration } = configuration?.executeCommandConfiguration ?? {}
  const region = parseArn(clusterArn)?.region ?? ''
  const cloudWatchLogStreamName = sessionId
  if (logging === 'OVERRIDE' && logConfiguration?.cloudWatchLogGroupName) {
    const { cloudWatchLogGroupName, cloudWatchEncryptionEnabled = false } = logConfiguration
    return { cloudWatchLogGroupName, cloudWatchLogStreamName, region, cloudWatchEncryptionEnabled }
  }
  const { logDriver, options } = container?.logConfiguration ?? {}
  const cloudWatchLogGroupName = options?.['awslogs-group']
  if (logging !== 'DEFAULT' || logDriver !== 'awslogs' || !cloudWatchLogGroupName) return undefined
  return {
    cloudWatchLogGroupName,
    cloudWatchLogStreamName,
    region: options?.['awslogs-region'] ?? region,
    cloudWatchEncryptionEnabled: false,
  }
}

/** The ARN, id or alias of the KMS key that encrypts the data of the cluster's sessions. */
export const sessionKey = ({ configuration }: ClusterRecord): string | undefined =>
  configuration?.executeCommandConfiguration?.kmsKeyId
