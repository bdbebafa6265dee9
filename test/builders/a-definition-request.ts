/** Requests to RegisterTaskDefinition that are valid until a test changes something: a container `app`, perhaps another, `side`. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'

type Members = Partial<RegisterTaskDefinitionRequest>

/** A container to register: what a client must say and no more. */
export const aPlainContainer = (given: ContainerDefinition = {}): ContainerDefinition => ({
  name: 'app',
  image: 'busybox',
  memory: 128,
  ...given,
})

/** A task definition of these containers. */
export const aDefinitionOf = (
  containerDefinitions: ContainerDefinition[],
  given: Members = {},
): RegisterTaskDefinitionRequest => ({ family: 'web', containerDefinitions, ...given })

/** One container with the members of `container`, in a task definition with those of `given`. */
export const aDefinition = (container: ContainerDefinition = {}, given: Members = {}): RegisterTaskDefinitionRequest =>
  aDefinitionOf([aPlainContainer(container)], given)

/** Two containers: `app` with the members of `container`, and `side` with its own. */
export const aDefinitionOfTwo = (
  container: ContainerDefinition,
  side: ContainerDefinition = {},
  given: Members = {},
): RegisterTaskDefinitionRequest =>
  aDefinitionOf([aPlainContainer(container), aPlainContainer({ name: 'side', ...side })], given)

/** One that requires Fargate, and may. */
export const aFargateDefinition = (
  container: ContainerDefinition = {},
  given: Members = {},
): RegisterTaskDefinitionRequest =>
  aDefinition(container, {
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    ...given,
  })
