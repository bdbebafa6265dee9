/** Sessions of Session Manager, which here are those of ECS Exec. */
import { sessionArn } from '../../model/arn.ts'
import type { SessionRecord } from '../../model/exec-session.ts'
import type { Demand } from '../operations.ts'
import type { SsmContext } from './context.ts'
import { fault } from './faults.ts'

/** Those of the caller's account and region are named by their ids alone. */
export const onSession = (
  { SessionId: sessionId = '' }: { readonly SessionId?: string | undefined },
  { region, account }: SsmContext,
): readonly Demand[] => [
  {
    resource: sessionArn(region, account, sessionId),
    // AWS: how policies give people their own sessions, by the tag that Session Manager puts on them.
    context: { 'ssm:resourcetag/aws:ssmmessages:session-id': [sessionId] },
  },
]

export const requireSession = (
  { tx, account, region }: SsmContext,
  { SessionId: sessionId = '' }: { readonly SessionId?: string | undefined },
): SessionRecord => {
  const session = tx.sessions.get(sessionId)
  if (session?.account === account && session.region === region) return session
  throw fault('DoesNotExistException', `Session ${sessionId} does not exist.`)
}
