/** Sessions of roles: how long they may be, and who they are. */
import type { AssumedRoleUser } from '@aws-sdk/client-sts'
import { assumedRoleArn, parseArn, resourceId } from '../../model/arn.ts'
import { iamKey, type RoleRecord } from '../../model/iam-records.ts'
import { CHAINED_SESSION_SECONDS, DEFAULT_ROLE_SESSION_SECONDS } from '../../model/limits.ts'
import type { Session, SessionPrincipal } from '../../model/principal.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { ReadTables } from '../../store/tables.ts'
import { validationError } from './faults.ts'
import { sessionTimes } from './issue.ts'

/** The role of exactly that ARN, its path included. */
export const getRole = ({ roles }: Pick<ReadTables, 'roles'>, arn: string): RoleRecord | undefined => {
  const { service, account = '', resource = '' } = parseArn(arn) ?? {}
  if (service !== 'iam' || !resource.startsWith('role/')) throw validationError(`${arn} is invalid`)
  const role = roles.get(iamKey(account, resourceId(resource)))
  return role?.arn === arn ? role : undefined
}

/** Seconds that the session lasts. */
export const roleSessionSeconds = (role: RoleRecord, requested: number | undefined, isChained: boolean): number => {
  const seconds = requested ?? DEFAULT_ROLE_SESSION_SECONDS
  if (isChained && seconds > CHAINED_SESSION_SECONDS)
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  if (seconds > role.maxSessionDurationSeconds)
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  return seconds
}

export interface RoleSession {
  readonly sessionName: string
  readonly now: number
  readonly durationSeconds: number
  /** What else the session carries. */
  readonly session: Omit<Session, 'issuerArn' | 'issuedAt' | 'expiresAt'>
}

export const roleSession = (role: RoleRecord, given: RoleSession): SessionPrincipal => ({
  arn: assumedRoleArn(role.account, role.roleName, given.sessionName),
  account: role.account,
  userId: `${role.roleId}:${given.sessionName}`,
  session: { issuerArn: role.arn, ...sessionTimes(given.now, given.durationSeconds), ...given.session },
})

export const describeAssumedRole = ({ arn, userId }: SessionPrincipal): AssumedRoleUser => ({
  AssumedRoleId: userId,
  Arn: arn,
})

/** Condition keys of a role's tags. */
export const roleContext = (role: RoleRecord | undefined): ContextValues =>
  Object.fromEntries(
    (role?.tags ?? []).flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`iam:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  )
