/**
 * Makes the credentials of tasks' roles: sessions of the role, named after the task, good for hours and for as long as the task lives. A
 * role must be there and must trust ECS's tasks.
 *
 * The id that containers ask with is the same at every refresh and after every restart, so that a container's environment stays true. It is
 * derived from the task's ARN with a key of the installation's own: nobody can guess it, and nothing has to be kept.
 */
import { createHmac } from 'node:crypto'
import type { Clock } from '../../kit/clock.ts'
import { isoText } from '../../kit/timestamps.ts'
import { assumedRoleArn, parseArn, resourceId, taskArn } from '../../model/arn.ts'
import { iamKey, type RoleRecord } from '../../model/iam-records.ts'
import { TASK_CREDENTIALS_LIFE_MS } from '../../model/limits.ts'
import type { SessionTokens } from '../../model/principal.ts'
import { RoleTrust } from '../../model/role-trust.ts'
import type { TaskDefinitionRecord, TaskRecord } from '../../model/records.ts'
import type { ReadTables } from '../../store/tables.ts'
import {
  type MintedCredentials,
  NO_CREDENTIALS,
  type TaskCredentials,
  type TaskRoleCredentials,
} from './task-credentials.ts'

export interface RoleCredentialsOptions {
  readonly tables: Pick<ReadTables, 'roles' | 'taskDefinitions'>
  readonly clock: Clock
  readonly sessions: SessionTokens
  /** What the ids of credentials are derived with. */
  readonly idKey: Uint8Array
  /** Take roles that are not there as if they were: developers name those of their AWS accounts. */
  readonly takesRolesForGranted: boolean
}

type RoleType = TaskRoleCredentials['roleType']

const ACCOUNT = /^\d{12}$/
const ECS_TASKS = 'ecs-tasks.amazonaws.com'

/** What a session says of its role. */
type SessionRole = Pick<RoleRecord, 'arn' | 'account' | 'roleName' | 'roleId'>

export class RoleCredentials implements TaskCredentials {
  readonly #options: RoleCredentialsOptions
  readonly #trust = new RoleTrust()

  constructor(options: RoleCredentialsOptions) {
    this.#options = options
  }

  forTask(task: TaskRecord): MintedCredentials {
    const wanted = rolesOf(task, this.#options.tables.taskDefinitions.get(task.taskDefinitionArn))
    if (wanted.length === 0) return NO_CREDENTIALS
    // To the second: not every client reads fractions.
    const expiresAt = Math.floor((this.#options.clock.now() + TASK_CREDENTIALS_LIFE_MS) / 1000) * 1000
    const roles: TaskRoleCredentials[] = []
    let refusedRoleArn: string | undefined
    for (const { roleType, roleArn } of wanted) {
      const role = this.#assumable(roleArn, task)
      if (role === undefined) refusedRoleArn ??= roleArn
      else roles.push({ roleType, roleCredentials: this.#issue(role, roleType, task, expiresAt) })
    }
    return { roles, expiresAt, ...(refusedRoleArn !== undefined && { refusedRoleArn }) }
  }

  /** Undefined if ECS may not assume the role for the task. */
  #assumable(roleArn: string, task: TaskRecord): SessionRole | undefined {
    const { tables, takesRolesForGranted } = this.#options
    const { account = '', resource = '' } = parseArn(roleArn) ?? {}
    const role = tables.roles.get(iamKey(account, resourceId(resource)))
    const sourceArn = taskArn(task.clusterArn, task.taskId)
    const use = { service: ECS_TASKS, sourceArn, sessionName: task.taskId }
    if (role?.arn === roleArn) return this.#trust.allows(role, use) ? role : undefined
    return takesRolesForGranted && ACCOUNT.test(account) ? grantedRole(roleArn, account) : undefined
  }

  #issue(role: SessionRole, roleType: RoleType, task: TaskRecord, expiresAt: number) {
    const { sessions, clock } = this.#options
    const { taskId } = task
    const arn = taskArn(task.clusterArn, taskId)
    const issued = sessions.issue({
      arn: assumedRoleArn(role.account, role.roleName, taskId),
      account: role.account,
      userId: `${role.roleId}:${taskId}`,
      session: { issuerArn: role.arn, issuedAt: clock.now(), expiresAt, taskArn: arn },
    })
    return {
      credentialsId: this.#idOf(roleType, arn),
      roleArn: role.arn,
      accessKeyId: issued.accessKeyId,
      secretAccessKey: issued.secretAccessKey,
      sessionToken: issued.sessionToken,
      expiration: isoText(expiresAt),
    }
  }

  /** In the form of a UUID, as ECS's are. */
  #idOf(roleType: RoleType, arn: string): string {
    const hex = createHmac('sha256', this.#options.idKey).update(`${roleType}/${arn}`).digest('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
  }
}

const rolesOf = (
  { overrides }: TaskRecord,
  definition: TaskDefinitionRecord | undefined,
): readonly { readonly roleType: RoleType; readonly roleArn: string }[] => {
  const taskRole = overrides?.taskRoleArn ?? definition?.taskRoleArn
  const executionRole = overrides?.executionRoleArn ?? definition?.executionRoleArn
  return [
    ...(taskRole ? [{ roleType: 'TaskApplication' as const, roleArn: taskRole }] : []),
    ...(executionRole ? [{ roleType: 'TaskExecution' as const, roleArn: executionRole }] : []),
  ]
}

/** A role of which only the ARN is known. Its id, which cannot be known, is the same for the same ARN. */
const grantedRole = (arn: string, account: string): SessionRole => {
  const digest = createHmac('sha256', 'role').update(arn).digest('hex')
  return { arn, account, roleName: resourceId(arn), roleId: `AROA${digest.slice(0, 17).toUpperCase()}` }
}
