/** Which of the tasks that an agent holds, and its manifest did not list, really shall stop. Pure. */
import type { ManifestTask } from '../../agentlink/acs-messages.ts'
import { resourceId, taskArn } from '../../model/arn.ts'
import type { TaskRecord } from '../../model/records.ts'
import { hostOf, isStopped } from '../../store/tables.ts'

/** The subset of the candidates that is not to run on this instance, or that nobody knows. */
export const tasksToStop = (
  candidates: readonly ManifestTask[],
  containerInstanceId: string,
  getTask: (taskId: string) => TaskRecord | undefined,
): readonly ManifestTask[] =>
  candidates.filter((candidate) => {
    const task = getTask(resourceId(candidate.taskArn))
    return task === undefined || !runsHere(task, candidate, containerInstanceId)
  })

const runsHere = (task: TaskRecord, candidate: ManifestTask, containerInstanceId: string): boolean =>
  taskArn(task.clusterArn, task.taskId) === candidate.taskArn &&
  hostOf(task) === containerInstanceId &&
  task.desiredStatus === 'RUNNING' &&
  !isStopped(task)
