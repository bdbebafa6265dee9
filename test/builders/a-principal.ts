/** Callers: root users, IAM users, and sessions of roles. */
import { rootArn } from '../../src/model/arn.ts'
import type { RoleRecord, UserRecord } from '../../src/model/iam-records.ts'
import type { Principal, Session } from '../../src/model/principal.ts'
import { aRole, aUser } from './a-role.ts'

const ACCOUNT = '000000000000'
const HOUR_MS = 3_600_000

export const rootCaller = (account = ACCOUNT): Principal => ({
  arn: rootArn(account),
  account,
  userId: account,
  accessKeyId: 'AKIAROOT',
})

export const userCaller = ({ arn, account, userId }: UserRecord = aUser()): Principal => ({
  arn,
  account,
  userId,
  accessKeyId: 'AKIAUSER',
})

type SessionCaller = Principal & { readonly session: Session }

export const sessionCaller = (
  { arn, account, roleName, roleId }: RoleRecord = aRole(),
  { sessionName = 's1', ...session }: Partial<Session> & { readonly sessionName?: string } = {},
): SessionCaller => ({
  arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
  account,
  userId: `${roleId}:${sessionName}`,
  accessKeyId: 'ASIASESSION',
  session: { issuerArn: arn, issuedAt: 0, expiresAt: HOUR_MS, ...session },
})

/** What a container instance's agent calls as: hosts share a role, and their sessions are called as they are. */
export const hostCaller = (instanceId = 'i-1'): SessionCaller =>
  sessionCaller(aRole({ roleName: 'ecsInstanceRole' }), { sessionName: instanceId })
