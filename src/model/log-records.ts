/** What is stored of CloudWatch Logs, but for the events themselves, which the log store keeps. */
import type { Ids } from '../kit/ids.ts'
import { logGroupArn } from './arn.ts'
import type { Tag } from './records.ts'

export type LogGroupClass = 'STANDARD' | 'INFREQUENT_ACCESS' | 'ESSENTIALS' | 'DELIVERY'

export interface LogGroupRecord {
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly name: string
  /** Of this group and none that had its name before. */
  readonly groupId: string
  readonly createdAt: number
  readonly logGroupClass: LogGroupClass
  /** Absent if events do not expire. */
  readonly retentionDays?: number
  readonly isProtected: boolean
  readonly tags: readonly Tag[]
  /** ARN of the KMS key under which new events are encrypted; absent if they are not. */
  readonly kmsKeyArn?: string
  /** What events of the group are encrypted with, or were: one for each KMS key that the group has had. */
  readonly dataKeys?: readonly LogDataKey[]
  /** Which fields are indexed, as it was sent. */
  readonly indexPolicy?: { readonly document: string; readonly updatedAt: number }
}

/** A group as it begins: its events do not expire. */
export const newLogGroup = (
  { account, region, ids, now }: LogGroupHome,
  { name, tags }: Pick<LogGroupRecord, 'name' | 'tags'>,
): LogGroupRecord => ({
  arn: logGroupArn(region, account, name),
  account,
  region,
  name,
  groupId: ids.uuid(),
  createdAt: now,
  logGroupClass: 'STANDARD',
  isProtected: false,
  tags,
})

/** Whose it is, and when; a call's context is one. */
interface LogGroupHome {
  readonly account: string
  readonly region: string
  readonly ids: Pick<Ids, 'uuid'>
  readonly now: number
}

export interface LogDataKey {
  readonly dataKeyId: string
  readonly kmsKeyArn: string
  /** As KMS encrypted it, base64. */
  readonly encryptedKey: string
}

/** What the ciphertexts of a group's data keys are bound to. Source: "Encrypt log data in CloudWatch Logs using KMS". */
export const logEncryptionContext = ({ arn }: Pick<LogGroupRecord, 'arn'>): Readonly<Record<string, string>> => ({
  'aws:logs:arn': arn,
})

export interface LogStreamRecord {
  readonly groupId: string
  readonly name: string
  /** Of this stream and none that had its name before. */
  readonly streamId: string
  readonly createdAt: number
  /** Times of its events, as far as they are in segments; the log store has them of later ones. */
  readonly firstEventAt?: number
  readonly lastEventAt?: number
  readonly lastIngestedAt?: number
  /** Names that senders gave the last of its batches that are in segments. */
  readonly lastBatchIds?: readonly string[]
}

export const logGroupRegionKey = (region: string, account: string): string => `${region}/${account}`

export const logStreamKey = (groupId: string, name: string): string => `${groupId}/${name}`
