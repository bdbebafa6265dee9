/** Whether a session has to end, and in which words. Pure. */
import { AGENT_CONNECT_MS, AGENT_RECONNECT_MS, SESSION_RESUME_MS } from '../../model/exec-limits.ts'
import type { SessionRecord } from '../../model/exec-session.ts'
import type { ReadTables } from '../../store/tables.ts'

export interface Presence {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How long each end has been away; 0 if it is there. Before the control plane was started, nobody could be there. */
  readonly clientAwayMs: number
  readonly agentAwayMs: number
  /** The agent was there before. */
  readonly hadAgent: boolean
}

/** Why the session is over, as its user is told; undefined if it is not. */
export const whyOver = (session: SessionRecord, tables: ReadTables, presence: Presence): string | undefined => {
  const task = tables.tasks.get(session.taskId)
  if (task === undefined || task.lastStatus === 'STOPPED') return 'The task has stopped.'
  const instance = tables.containerInstances.get(session.containerInstanceId)
  if (instance === undefined || instance.status === 'INACTIVE') return 'The container instance is deregistered.'
  if (session.status === 'Connecting') return presence.now > session.tokenExpiresAt ? 'No client connected.' : undefined
  if (presence.clientAwayMs > SESSION_RESUME_MS) return 'The client is gone.'
  if (presence.agentAwayMs <= (presence.hadAgent ? AGENT_RECONNECT_MS : AGENT_CONNECT_MS)) return undefined
  return presence.hadAgent
    ? "The connection to the agent of the task's container instance is lost."
    : "The agent of the task's container instance cannot be reached."
}
