/** When an agent connects again after a connection ended, as the ECS agent does it. */
import { decodeRejection } from './frames.ts'
import { CLOSE_GOING_AWAY, CLOSE_INTERNAL_ERROR, CLOSE_LOST, CLOSE_NORMAL, type SocketEnd } from './socket.ts'

export type Reconnect =
  /** Now, and as if no attempt had failed before. */
  | 'at-once'
  | 'after-backoff'
  /** The container instance is deregistered: after an hour. */
  | 'when-inactive'

const AT_ONCE = new Set([CLOSE_NORMAL, CLOSE_GOING_AWAY, CLOSE_LOST, CLOSE_INTERNAL_ERROR])

export const reconnectAfter = (end: SocketEnd): Reconnect => {
  if (end.kind === 'closed') return AT_ONCE.has(end.code) ? 'at-once' : 'after-backoff'
  if (end.kind === 'failed') return 'after-backoff'
  return decodeRejection(end.body)?.exception === 'InactiveInstanceException' ? 'when-inactive' : 'after-backoff'
}
