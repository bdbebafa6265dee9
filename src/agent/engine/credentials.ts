/**
 * Credentials of task roles and execution roles, by the id that containers ask with. In memory only: after a restart the control plane
 * sends them again.
 */
import type { IAMRoleCredentials } from '../../agentlink/acs-messages.ts'

type RoleType = 'TaskApplication' | 'TaskExecution'

export interface TaskCredentials {
  readonly taskArn: string
  readonly roleType: RoleType
  readonly credentials: IAMRoleCredentials
}

export class CredentialsStore {
  readonly #byId = new Map<string, TaskCredentials>()

  put(entry: TaskCredentials): void {
    this.#byId.set(entry.credentials.credentialsId, entry)
  }

  get(credentialsId: string): TaskCredentials | undefined {
    return this.#byId.get(credentialsId)
  }

  forget(credentialsId: string | undefined): void {
    if (credentialsId !== undefined) this.#byId.delete(credentialsId)
  }
}
