/** ResumeSession: another token for a session whose client has lost its connection. The token before it is good no more. */
import type { ResumeSessionRequest, ResumeSessionResponse } from '@aws-sdk/client-ssm'
import { hasEnded, newSessionToken, tokenDigest } from '../../../model/exec-session.ts'
import { SESSION_TOKEN_MS } from '../../../model/exec-limits.ts'
import type { SsmOperation } from '../context.ts'
import { onSession, requireSession } from '../sessions.ts'

export const resumeSession: SsmOperation<ResumeSessionRequest, ResumeSessionResponse> = {
  access: onSession,
  handle: (input, context) => {
    const session = requireSession(context, input)
    const { sessionId: SessionId } = session
    // AWS: a session that is over has no token; the plugin says so and ends.
    if (hasEnded(session)) return { SessionId }
    const TokenValue = newSessionToken()
    context.tx.sessions.update(SessionId, {
      tokenDigest: tokenDigest(TokenValue),
      tokenExpiresAt: context.now + SESSION_TOKEN_MS,
    })
    return { SessionId, TokenValue, StreamUrl: session.streamUrl }
  },
}
