/** Where the credentials of tasks' roles come from. */
import type { IAMRoleCredentialsMessage } from '../../agentlink/acs-messages.ts'
import type { TaskRecord } from '../../model/records.ts'
import type { PayloadCredentials } from './payload.ts'

export type TaskRoleCredentials = Pick<IAMRoleCredentialsMessage, 'roleType' | 'roleCredentials'>

export interface TaskCredentials {
  /** Valid credentials of the task's role and execution role, as far as it has them. */
  forTask(task: TaskRecord): readonly TaskRoleCredentials[]
}

/** This version issues none: a task's containers find no credentials. */
export const noTaskCredentials: TaskCredentials = { forTask: () => [] }

export const payloadCredentials = (all: readonly TaskRoleCredentials[]): PayloadCredentials => {
  const of = (type: TaskRoleCredentials['roleType']): TaskRoleCredentials['roleCredentials'] | undefined =>
    all.find(({ roleType }) => roleType === type)?.roleCredentials
  const [taskRole, executionRole] = [of('TaskApplication'), of('TaskExecution')]
  return { ...(taskRole && { taskRole }), ...(executionRole && { executionRole }) }
}
