/** Every step that exists. The first one that is due for a container, a volume or a task is taken. */
import { createContainer } from './create-container.ts'
import { createVolume } from './create-volume.ts'
import { fetchSecrets } from './fetch-secrets.ts'
import { inspectContainer } from './inspect-container.ts'
import { limitTask } from './limit-task.ts'
import { prepareLogRouting } from './prepare-log-routing.ts'
import { pullImage } from './pull-image.ts'
import { removeContainer } from './remove-container.ts'
import { removeLogRouting } from './remove-log-routing.ts'
import { removeVolume } from './remove-volume.ts'
import { restartContainer } from './restart-container.ts'
import { startContainer } from './start-container.ts'
import type { ContainerStep, TaskStep, VolumeStep } from './step.ts'
import { stopContainer } from './stop-container.ts'
import { unlimitTask } from './unlimit-task.ts'

export const CONTAINER_STEPS: readonly ContainerStep[] = [
  inspectContainer,
  stopContainer,
  restartContainer,
  pullImage,
  createContainer,
  startContainer,
  removeContainer,
]

export const VOLUME_STEPS: readonly VolumeStep[] = [createVolume, removeVolume]

export const TASK_STEPS: readonly TaskStep[] = [
  limitTask,
  fetchSecrets,
  prepareLogRouting,
  removeLogRouting,
  unlimitTask,
]
