/** A session whose transcript has to be encrypted does not begin where the log group is not. */
import { logGroupArn } from '../../model/arn.ts'
import type { SessionRecord } from '../../model/exec-session.ts'
import type { ReadTables } from '../../store/tables.ts'

/** AWS: as the SSM agent says it. */
export const UNENCRYPTED_LOG_GROUP =
  "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log " +
  'group or choose an option to enable logging without encryption.'

export const lacksEncryption = ({ logging, account }: SessionRecord, { logGroups }: ReadTables): boolean => {
  if (logging?.cloudWatchEncryptionEnabled !== true) return false
  return logGroups.get(logGroupArn(logging.region, account, logging.cloudWatchLogGroupName))?.kmsKeyArn === undefined
}
