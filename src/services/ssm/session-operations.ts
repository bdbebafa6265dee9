/** The operations by which sessions are looked at, resumed and ended. ECS begins them, by ExecuteCommand. */
import type { SsmOperationTable } from './context.ts'
import { describeSessions } from './operations/describe-sessions.ts'
import { getConnectionStatus } from './operations/get-connection-status.ts'
import { resumeSession } from './operations/resume-session.ts'
import { terminateSession } from './operations/terminate-session.ts'

export const sessionOperations: SsmOperationTable = {
  DescribeSessions: describeSessions,
  GetConnectionStatus: getConnectionStatus,
  ResumeSession: resumeSession,
  TerminateSession: terminateSession,
}
