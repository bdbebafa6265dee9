/** What the introspection API shows of a task: the ECS agent's names and words for it. Pure. */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { listed, moment, networksOf, portsOf, volumesOf } from '../metadata/container-members.ts'

export interface TaskView {
  readonly Arn: string
  /** Only while it is ahead of the known status. */
  readonly DesiredStatus?: string
  readonly KnownStatus: 'PENDING' | 'RUNNING' | 'STOPPED'
  readonly Family: string
  readonly Version: string
  readonly Containers: readonly ReturnType<typeof containerView>[]
}

const RANK = { PENDING: 0, RUNNING: 1, STOPPED: 2 } as const

export const taskView = (task: EngineTask): TaskView => {
  const known = task.knownStatus === 'RUNNING' || task.knownStatus === 'STOPPED' ? task.knownStatus : 'PENDING'
  return {
    Arn: task.arn,
    ...(RANK[task.desiredStatus] >= RANK[known] && { DesiredStatus: task.desiredStatus }),
    KnownStatus: known,
    Family: task.definition.family ?? '',
    Version: task.definition.version ?? '',
    Containers: task.containers.map(containerView),
  }
}

const containerView = (container: EngineContainer) => ({
  DockerId: container.dockerId ?? '',
  DockerName: container.dockerName,
  Name: container.definition.name,
  Image: container.definition.image,
  ImageID: container.imageId ?? '',
  ...moment('CreatedAt', container.createdAt),
  ...moment('StartedAt', container.startedAt),
  ...listed('Ports', portsOf(container)),
  ...listed('Networks', networksOf(container)),
  ...listed('Volumes', volumesOf(container)),
  ...(container.definition.restartPolicy?.enabled && { RestartCount: container.restartCount }),
})
