/** Sessions that users and the root user make of themselves. */
import { DEFAULT_USER_SESSION_SECONDS, ROOT_SESSION_SECONDS } from '../../model/limits.ts'
import { isRoot, type Session } from '../../model/principal.ts'
import type { StsContext } from './context.ts'
import { sessionTimes } from './issue.ts'

/** AWS: the root user's sessions last an hour at most, however long they were asked for. */
export const userSession = ({ principal, now }: StsContext, requested = DEFAULT_USER_SESSION_SECONDS): Session => {
  const seconds = isRoot(principal) ? Math.min(requested, ROOT_SESSION_SECONDS) : requested
  return { issuerArn: principal.arn, ...sessionTimes(now, seconds) }
}
