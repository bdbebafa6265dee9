/** Task definitions with simulated containers, and running them in a `World`. */
import type { ContainerDefinition, RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { expect } from 'vitest'
import type { World } from '../../world.ts'

export const aContainer = (given: ContainerDefinition = {}): ContainerDefinition => ({
  name: 'app',
  image: 'busybox',
  memory: 64,
  ...given,
})

/** What the simulated container is to do: `docs/guides/simulated-runtime.md`. */
export const order = (labels: Readonly<Record<string, string>>): Pick<ContainerDefinition, 'dockerLabels'> => ({
  dockerLabels: Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`longshore.simulated.${name}`, value]),
  ),
})

/** Registers a definition of the family `web`. */
export const register = async (w: World, ...containerDefinitions: ContainerDefinition[]): Promise<void> => {
  const containers = containerDefinitions.length === 0 ? [aContainer()] : containerDefinitions
  await w.call('RegisterTaskDefinition', { family: 'web', containerDefinitions: containers })
}

/** Runs tasks of the family `web`, all of which must be placed. */
export const start = async (w: World, given: Partial<RunTaskRequest> = {}): Promise<Task[]> => {
  const { tasks = [], failures } = await w.call('RunTask', { taskDefinition: 'web', launchType: 'EC2', ...given })
  expect(failures).toEqual([])
  return tasks
}

/** Registers a definition of these containers and runs one task of it. */
export const run = async (w: World, ...containerDefinitions: ContainerDefinition[]): Promise<Task> => {
  await register(w, ...containerDefinitions)
  const [task] = await start(w)
  return task!
}
