/** What agents are given of the credentials of tasks' roles. Who makes them is `role-credentials.ts`. */
import type { IAMRoleCredentialsMessage } from '../../agentlink/acs-messages.ts'
import type { TaskRecord } from '../../model/records.ts'
import type { PayloadCredentials } from './payload.ts'

export type TaskRoleCredentials = Pick<IAMRoleCredentialsMessage, 'roleType' | 'roleCredentials'>

/** Credentials of a task's role and execution role, as far as it has them. */
export interface MintedCredentials {
  readonly roles: readonly TaskRoleCredentials[]
  /** When the first of them ends, in milliseconds since the epoch; absent if there are none. */
  readonly expiresAt?: number
  /** ARN of a role of the task that ECS may not assume: the task cannot start. */
  readonly refusedRoleArn?: string
}

export interface TaskCredentials {
  /** New credentials under the same ids every time. */
  forTask(task: TaskRecord): MintedCredentials
}

/** Tasks have no roles; for tests. */
export const noTaskCredentials: TaskCredentials = { forTask: () => NO_CREDENTIALS }

/** Of a task without roles. */
export const NO_CREDENTIALS: MintedCredentials = { roles: [] }

export const payloadCredentials = ({ roles }: MintedCredentials): PayloadCredentials => {
  const of = (type: TaskRoleCredentials['roleType']): TaskRoleCredentials['roleCredentials'] | undefined =>
    roles.find(({ roleType }) => roleType === type)?.roleCredentials
  const [taskRole, executionRole] = [of('TaskApplication'), of('TaskExecution')]
  return { ...(taskRole && { taskRole }), ...(executionRole && { executionRole }) }
}
