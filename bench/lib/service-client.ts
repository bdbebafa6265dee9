/** Services as benches need them: created, awaited until steady, scaled to nothing and deleted. */
import type { DescribeServicesResponse, Service } from '@aws-sdk/client-ecs'
import type { LightClient } from './light-client.ts'

/** Seldom enough to leave the processors to what is measured, and half a per cent of it at most. */
const POLL_MS = 25

export class ServiceClient {
  readonly #client: LightClient

  constructor(client: LightClient) {
    this.#client = client
  }

  create(serviceName: string, taskDefinition: string, desiredCount: number): Promise<object> {
    return this.#client.call('CreateService', { serviceName, taskDefinition, desiredCount })
  }

  async describe(serviceName: string): Promise<Service> {
    const { services = [] } = await this.#client.call<DescribeServicesResponse>('DescribeServices', {
      services: [serviceName],
    })
    const [service] = services
    if (service === undefined) throw new Error(`there is no service ${serviceName}`)
    return service
  }

  /** Resolves when each service has one deployment, completed, with all its tasks running. */
  async steady(...serviceNames: readonly string[]): Promise<void> {
    await this.#until(serviceNames, isSteady)
  }

  /** Deletes the services; resolves when none of their tasks is left. */
  async remove(...serviceNames: readonly string[]): Promise<void> {
    await Promise.all(serviceNames.map((service) => this.#client.call('DeleteService', { service, force: true })))
    await this.#until(serviceNames, ({ runningCount, pendingCount }) => runningCount === 0 && pendingCount === 0)
  }

  async #until(serviceNames: readonly string[], holds: (service: Service) => boolean): Promise<void> {
    for (const serviceName of serviceNames) {
      while (!holds(await this.describe(serviceName))) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
}

const isSteady = ({ deployments = [], runningCount, desiredCount }: Service): boolean =>
  deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED' && runningCount === desiredCount
