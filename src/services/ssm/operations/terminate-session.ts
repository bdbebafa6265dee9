/** TerminateSession: the session is over. Whoever is connected hears of it by the change of its row. */
import type { TerminateSessionRequest, TerminateSessionResponse } from '@aws-sdk/client-ssm'
import { endedSession, hasEnded } from '../../../model/exec-session.ts'
import type { SsmOperation } from '../context.ts'
import { onSession, requireSession } from '../sessions.ts'

export const terminateSession: SsmOperation<TerminateSessionRequest, TerminateSessionResponse> = {
  access: onSession,
  handle: (input, context) => {
    const session = requireSession(context, input)
    if (!hasEnded(session)) context.tx.sessions.update(session.sessionId, endedSession('Terminated', '', context.now))
    return { SessionId: session.sessionId }
  },
}
