/** Makes the image present. Where it comes from and how often that is tried is the image manager's. */
import { changeContainer, failed, raised } from '../engine/changes.ts'
import type { Change } from '../engine/changes.ts'
import { dependenciesHold } from '../engine/dependencies.ts'
import { hasReached } from '../engine/task.ts'
import type { EngineContainer } from '../engine/task.ts'
import type { ImageOutcome } from '../engine/tools.ts'
import type { ContainerStep } from './step.ts'

export const pullImage: ContainerStep = {
  name: 'pull-image',
  due: (task, container, { settings, secrets }) =>
    container.desiredStatus === 'RUNNING' &&
    task.resources === 'HELD' &&
    !hasReached(container, 'PULLED') &&
    secrets.isReady(task, container) &&
    (settings.pullDependentContainersUpfront || dependenciesHold(task, container)),
  begin: (_name, now) => (task) => (task.pullStartedAt === undefined ? { ...task, pullStartedAt: now } : task),
  run: async (task, container, { images, registryLogins, clock, apply }) => {
    const { name } = container.definition
    const onDigest = (digest: string): void => apply(withDigest(name, digest))
    const outcome = await images.ensure(task, container, onDigest, registryLogins.loginFor(task, container))
    return (current) => ({ ...changeContainer(current, name, pulled(outcome)), pullStoppedAt: clock.now() })
  },
}

const withDigest = (name: string, imageDigest: string): Change => {
  return (task) =>
    changeContainer(task, name, (container) => ({ ...raised(container, 'MANIFEST_PULLED'), imageDigest }))
}

/** A container that was stopped while its image came is left as it is. */
const pulled =
  (outcome: ImageOutcome) =>
  (container: EngineContainer): EngineContainer => {
    if (hasReached(container, 'PULLED')) return container
    if (outcome.status === 'failed') return failed(container, `${outcome.error}: ${outcome.message}`)
    return {
      ...raised(container, 'PULLED'),
      ...(outcome.imageId !== undefined && { imageId: outcome.imageId }),
      ...(outcome.digest !== undefined && { imageDigest: outcome.digest }),
    }
  }
