/** Labels of containers: ECS's own, which workloads and tools read, and the one that says whose container it is. */
import type { EngineContainer, EngineTask } from './task.ts'

export const LABELS = {
  taskArn: 'com.amazonaws.ecs.task-arn',
  containerName: 'com.amazonaws.ecs.container-name',
  family: 'com.amazonaws.ecs.task-definition-family',
  version: 'com.amazonaws.ecs.task-definition-version',
  cluster: 'com.amazonaws.ecs.cluster',
  /** Id of the agent's data directory: several agents share a Docker Engine and each sees its own containers only. */
  agent: 'longshore.agent',
} as const

/** Labels that win over whatever the task definition says. */
export const containerLabels = (
  task: EngineTask,
  container: EngineContainer,
  agent: { readonly cluster: string; readonly ownLabels: Readonly<Record<string, string>> },
): Record<string, string> => ({
  [LABELS.taskArn]: task.arn,
  [LABELS.containerName]: container.definition.name,
  [LABELS.family]: task.definition.family ?? '',
  [LABELS.version]: task.definition.version ?? '',
  [LABELS.cluster]: agent.cluster,
  ...agent.ownLabels,
})
