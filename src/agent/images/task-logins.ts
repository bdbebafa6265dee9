/** With what the registry of a container's image is asked, in the order of the ECS agent: what the payload says, or what is configured here. */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { RegistryLogin, RegistryLogins, Secrets } from '../engine/tools.ts'
import type { EcrLogins } from './ecr-logins.ts'

export class TaskLogins implements RegistryLogins {
  readonly #secrets: Pick<Secrets, 'registryCredentials'>
  readonly #ecr: Pick<EcrLogins, 'loginFor'> | undefined

  /** `ecr` is absent where there is nobody to ask for passwords. */
  constructor(secrets: Pick<Secrets, 'registryCredentials'>, ecr: Pick<EcrLogins, 'loginFor'> | undefined) {
    this.#secrets = secrets
    this.#ecr = ecr
  }

  loginFor(task: EngineTask, container: EngineContainer): RegistryLogin | undefined {
    const { registryAuthentication } = container.definition
    if (registryAuthentication?.type === 'ecr') return this.#ecr?.loginFor(task, registryAuthentication.ecrAuthData)
    const credentials = this.#secrets.registryCredentials(task, container)
    if (credentials === undefined) return undefined
    return { key: JSON.stringify(credentials), credentials: () => Promise.resolve(credentials), refused: () => false }
  }
}
