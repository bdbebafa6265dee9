/** Sessions of ECS Exec: what is kept of one, and the names that it has for others. */
import { createHash, randomBytes } from 'node:crypto'
import { clusterNameOf } from './arn.ts'
import type { SessionType } from './data-channel/handshake.ts'

/** What an agent says that speaks the data channel itself. The agent that AWS publishes runs the SSM agent in the task instead. */
export const DATA_CHANNEL_CAPABILITY = 'longshore.capability.data-channel'

/** A task with ECS Exec runs on instances that say this. */
export const EXECUTE_COMMAND_CAPABILITY = 'ecs.capability.execute-command'

export const EXECUTE_COMMAND_AGENT = 'ExecuteCommandAgent'

/** AWS: the document that all sessions of ECS Exec are of. */
export const EXECUTE_COMMAND_DOCUMENT = 'AmazonECS-ExecuteInteractiveCommand'

/** Sessions that a container has at once. Source: the ECS agent. */
export const SESSIONS_PER_CONTAINER = 2

/** Where a session's data channel is, below any address that leads to the control plane. */
export const dataChannelPath = (sessionId: string): string => `/v1/data-channel/${sessionId}?role=publish_subscribe`

/** The target of a session, as the AWS CLI makes it, too. */
export const sessionTarget = (clusterArn: string, taskId: string, runtimeId: string): string =>
  `ecs:${clusterNameOf(clusterArn)}_${taskId}_${runtimeId}`

export type SessionStatus = 'Connecting' | 'Connected' | 'Terminated' | 'Failed'

/** Times are milliseconds since the epoch. */
export interface SessionRecord {
  /** `ecs-execute-command-` and 32 hexadecimal digits, so that those of a region stand in the order of their beginnings. */
  readonly sessionId: string
  readonly account: string
  readonly region: string
  readonly clusterArn: string
  readonly taskId: string
  readonly containerName: string
  readonly runtimeId: string
  /** The instance whose agent runs it. */
  readonly containerInstanceId: string
  /** The ARN of who asked for it. */
  readonly owner: string
  readonly sessionType: SessionType
  /** Empty when the session is over: it may hold what should not lie about. */
  readonly command: string
  /** Where its client connects. */
  readonly streamUrl: string
  /** SHA-256 of the token that the client's next connection has to bring, in hexadecimal. Absent when it was brought. */
  readonly tokenDigest?: string
  readonly tokenExpiresAt: number
  readonly status: SessionStatus
  readonly startedAt: number
  /** Since when its agent may have been told of it: it is not told twice. */
  readonly deliveredAt?: number
  readonly endedAt?: number
  /** Why it ended. */
  readonly reason?: string
  readonly kmsKeyId?: string
  readonly logging?: SessionLogging
}

/** Where the transcript of a session goes. */
export interface SessionLogging {
  readonly cloudWatchLogGroupName: string
  readonly cloudWatchLogStreamName: string
  readonly region: string
  /** The session must not begin if the group is not encrypted with a KMS key. */
  readonly cloudWatchEncryptionEnabled: boolean
}

export const hasEnded = ({ endedAt }: SessionRecord): boolean => endedAt !== undefined

/** What changes in a session that ends; no token opens it any more. */
export const endedSession = (
  status: 'Terminated' | 'Failed',
  reason: string,
  endedAt: number,
): { [Member in 'status' | 'reason' | 'endedAt' | 'tokenDigest' | 'command']: SessionRecord[Member] | undefined } => ({
  status,
  reason,
  endedAt,
  command: '',
  tokenDigest: undefined,
})

export const sessionRegionKey = (region: string, account: string): string => `${region}/${account}`

const TOKEN_BYTES = 32

/** Whoever has it may be one end of a session, once. */
export const newSessionToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url')

export const tokenDigest = (token: string): string => createHash('sha256').update(token).digest('hex')
