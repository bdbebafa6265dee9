/** The log lines of a change: one per status that changed, with `from` and `to`. */
import type { LogFields } from '../../kit/log.ts'
import type { EngineContainer, EngineTask } from './task.ts'

interface Line {
  readonly message: string
  readonly fields: LogFields
}

export const statusChanges = (before: EngineTask, after: EngineTask): readonly Line[] => [
  ...after.containers.flatMap((container, index) => containerLine(after.arn, before.containers[index], container)),
  ...taskLine(before, after),
]

const taskLine = (before: EngineTask, { arn: taskArn, knownStatus: to, reason }: EngineTask): Line[] => {
  if (before.knownStatus === to) return []
  return [{ message: 'task status', fields: { taskArn, from: before.knownStatus, to, ...(reason && { reason }) } }]
}

const containerLine = (taskArn: string, before: EngineContainer | undefined, after: EngineContainer): Line[] => {
  const { definition, knownStatus: to, dockerId, exitCode, reason } = after
  if (before === undefined || before.knownStatus === to) return []
  const fields = {
    taskArn,
    containerName: definition.name,
    from: before.knownStatus,
    to,
    ...(dockerId !== undefined && { runtimeId: dockerId }),
    ...(to === 'STOPPED' && exitCode !== undefined && { exitCode }),
    ...(reason && { reason }),
  }
  return [{ message: 'container status', fields }]
}
