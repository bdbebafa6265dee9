/** Whose permissions a principal has, and whether what it hangs on is still there. */
import { parseArn, resourceId } from '../model/arn.ts'
import { iamKey, type RoleRecord, type UserRecord } from '../model/iam-records.ts'
import type { Principal } from '../model/principal.ts'
import { isStopped, type ReadTables } from './tables.ts'

/** The user that calls, or the user or role of a session; undefined if it is gone, and for the root user, who has no row. */
export const getIssuer = (
  tables: ReadTables,
  { arn, account, userId, session }: Principal,
): UserRecord | RoleRecord | undefined => {
  const { resource = '' } = parseArn(session?.issuerArn ?? arn) ?? {}
  const key = iamKey(account, resourceId(resource))
  // One that was deleted and made anew under the same name has another id.
  const id = session?.issuerId ?? userId.split(':', 1)[0]
  if (resource.startsWith('role/')) {
    const role = tables.roles.get(key)
    return role?.roleId === id ? role : undefined
  }
  if (!resource.startsWith('user/')) return undefined
  const user = tables.users.get(key)
  return user?.userId === id ? user : undefined
}

/** Whether the issuer of a principal is there, and the task or the machine that it is for: a task until it has stopped. */
export const isAlive = (tables: ReadTables, principal: Principal): boolean =>
  (isOfRoot(principal) || getIssuer(tables, principal) !== undefined) &&
  isTaskThere(tables, principal.session?.taskArn) &&
  isMachineThere(tables, principal.session?.managedInstanceId)

/** The root user, with temporary credentials or without. */
export const isOfRoot = ({ arn, session }: Principal): boolean =>
  parseArn(session?.issuerArn ?? arn)?.resource === 'root'

const isTaskThere = (tables: ReadTables, taskArn: string | undefined): boolean => {
  if (taskArn === undefined) return true
  const task = tables.tasks.get(resourceId(taskArn))
  return task !== undefined && !isStopped(task)
}

const isMachineThere = (tables: ReadTables, instanceId: string | undefined): boolean =>
  instanceId === undefined || tables.managedInstances.has(instanceId)
