/** Services of simulated containers in a `World`, and what is seen of them. */
import type { CreateServiceRequest, Service, Task } from '@aws-sdk/client-ecs'
import type { World } from '../../world.ts'

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS

/** Creates the service `web` of the family `web`, which must be registered; three tasks unless told otherwise. */
export const create = async (w: World, given: Partial<CreateServiceRequest> = {}): Promise<Service> => {
  const { service } = await w.call('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 3,
    ...given,
  })
  return service!
}

/** The service as it is now. */
export const seen = async (w: World, serviceName = 'web'): Promise<Service> => {
  const { services = [] } = await w.call('DescribeServices', { services: [serviceName] })
  const [service] = services
  if (service === undefined) throw new Error(`there is no service ${serviceName}`)
  return service
}

/** Messages of the service's events, the oldest first. */
export const messages = async (w: World, serviceName = 'web'): Promise<string[]> =>
  ((await seen(w, serviceName)).events ?? []).map(({ message = '' }) => message).toReversed()

/** Tasks of the service that are to run. */
export const wanted = async (w: World, serviceName = 'web'): Promise<Task[]> =>
  (await w.tasks()).filter(
    ({ group, desiredStatus }) => group === `service:${serviceName}` && desiredStatus === 'RUNNING',
  )

/** Tasks of the service that are to run, and do. */
export const running = async (w: World, serviceName = 'web'): Promise<Task[]> =>
  (await wanted(w, serviceName)).filter(({ lastStatus }) => lastStatus === 'RUNNING')

/** How many tasks of the service run on each agent's instance, in the order of the agents. */
export const spread = async (w: World, serviceName = 'web'): Promise<number[]> => {
  const tasks = await wanted(w, serviceName)
  return w.agents.map(
    (agent) => tasks.filter(({ containerInstanceArn: arn }) => arn === agent.containerInstanceArn).length,
  )
}
