/**
 * The messages of ACS by which ECS Exec reaches an agent that speaks the data channel itself. They are ours alone: the SSM agent in a task
 * is told by a channel of its own, and agents that do not know a message drop it, so that only agents which say that they know get one.
 */
import type { SessionType } from '../model/data-channel/handshake.ts'
import type { SessionLogging } from '../model/exec-session.ts'

interface Addressed {
  readonly clusterArn: string
  readonly containerInstanceArn: string
  /** Acknowledged by `AckRequest` when the agent has the session, refused by `NackRequest` with a sentence for the user. */
  readonly messageId: string
}

/** How the agent reaches the data channel: a websocket whose first frame has the token, which is good once. */
interface Reached {
  readonly sessionId: string
  /** `ws:` or `wss:`. */
  readonly dataChannelUrl: string
  readonly tokenValue: string
}

/** Starts a session; comes at most once for each. */
export interface StartSessionMessage extends Addressed, Reached {
  readonly taskArn: string
  readonly containerName: string
  readonly runtimeId: string
  /** `ecs:<cluster name>_<task id>_<runtime id>`: what the data key of an encrypted session is bound to. */
  readonly targetId: string
  readonly sessionType: SessionType
  /** One line, split into words as a shell would. */
  readonly command: string
  /** Who asked for it. */
  readonly sessionOwner: string
  /** Without input or output of the command for so long, the session ends. */
  readonly idleTimeoutSeconds: number
  /** Absent for as long as it likes. */
  readonly maximumSeconds?: number
  /** How long the command waits for a client that is gone. */
  readonly resumeSeconds: number
  /** Data is encrypted from end to end under a data key of this KMS key. */
  readonly kmsKeyId?: string
  /** Where its transcript goes, with the credentials of the task's role. */
  readonly logging?: SessionLogging
}

/** The connection of a session that the agent has was lost: another token, to connect again. */
export interface ResumeSessionMessage extends Addressed, Reached {}
