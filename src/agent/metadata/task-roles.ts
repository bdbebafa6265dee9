/** Which tasks get the credentials of their roles, and where. Pure. */
import type { AgentConfig } from '../config.ts'
import type { EngineTask } from '../engine/task.ts'

/** Which tasks get credentials by this way: those on Docker's bridge, those in the host's network. */
export interface TaskRoleSupport {
  readonly bridge: boolean
  readonly host: boolean
}

export const NO_TASK_ROLES: TaskRoleSupport = { bridge: false, host: false }

/** What the configuration asks for. */
export const wantedTaskRoles = (
  config: Pick<AgentConfig, 'taskIamRole' | 'taskIamRoleNetworkHost'>,
): TaskRoleSupport => ({
  bridge: config.taskIamRole,
  host: config.taskIamRoleNetworkHost,
})

/** Whether a task of that network mode gets credentials. */
export const hasTaskRoles = ({ definition }: EngineTask, support: TaskRoleSupport): boolean => {
  const networkMode = definition.networkMode ?? 'bridge'
  return (networkMode === 'bridge' && support.bridge) || (networkMode === 'host' && support.host)
}

/** The path of the credentials endpoint that is asked with an id after it. */
export const CREDENTIALS_PATH = '/v2/credentials'

/** Where a container of the task finds its credentials, below the server's address. */
export const credentialsPath = (credentialsId: string): string => `${CREDENTIALS_PATH}/${credentialsId}`
