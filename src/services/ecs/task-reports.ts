/**
 * What agents report, applied to the task it is about. A task that is not known (any more) is acknowledged: agents repeat most refused
 * reports for ever, and there is nothing to do about a task that was forgotten an hour after it stopped.
 */
import type { ClusterRecord, TaskDefinitionRecord, TaskRecord } from '../../model/records.ts'
import { applyReport, type TaskReport } from '../../model/task-state.ts'
import { withImageDigests } from '../../model/version-consistency.ts'
import { revisionOfTask } from '../../store/revision-of-task.ts'
import { hostOf } from '../../store/tables.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter } from './faults.ts'
import { taskIdOf } from './find-task.ts'
import { checkAgent } from './instance-agents.ts'
import { clusterArnOf } from './lookups.ts'
import { missing } from './missing-member.ts'

export const ACKNOWLEDGMENT = { acknowledgment: 'ACK' }

/** Applies a report. Identifiers that make no sense are InvalidParameterException, the one refusal that agents do not repeat. */
export const acceptReport = (
  context: EcsContext,
  action: 'SubmitContainerStateChange' | 'SubmitTaskStateChange',
  { cluster, task: identifier }: { readonly cluster?: string | undefined; readonly task?: string | undefined },
  report: TaskReport,
): void => {
  if (!identifier) throw missing('task')
  const task = reportedTask(context, cluster, identifier)
  if (task === undefined) return
  checkHost(context, action, task)
  const definition = context.tx.taskDefinitions.get(task.taskDefinitionArn)
  const after = applyReport(task, report, definition, context.now)
  if (after === task) return
  context.tx.tasks.put(after)
  if (definition !== undefined) holdRevision(context, after, definition)
}

/** AWS: the digests that the first task of a service revision reports are those of all that start later. */
const holdRevision = ({ tx }: EcsContext, task: TaskRecord, { containerDefinitions }: TaskDefinitionRecord): void => {
  if (!task.containers.some(({ imageDigest }) => imageDigest !== undefined)) return
  const revision = revisionOfTask(tx, task)
  if (revision === undefined) return
  const digests = new Map(task.containers.map(({ name, imageDigest }) => [name, imageDigest]))
  const imageDigests = withImageDigests(revision.imageDigests, containerDefinitions, ({ name = '' }) =>
    digests.get(name),
  )
  if (imageDigests === revision.imageDigests || imageDigests === undefined) return
  tx.serviceRevisions.update(revision.serviceRevisionArn, { imageDigests })
}

const reportedTask = (
  context: EcsContext,
  clusterName: string | undefined,
  identifier: string,
): TaskRecord | undefined => {
  const cluster = context.tx.clusters.get(clusterArnOf(context, clusterName))
  if (cluster === undefined) return undefined
  return ownTask(context, cluster, taskIdOf(cluster, identifier))
}

/** An agent of one cluster has nothing to say of tasks of another. */
const ownTask = (context: EcsContext, cluster: ClusterRecord, taskId: string): TaskRecord | undefined => {
  const task = context.tx.tasks.get(taskId)
  if (task !== undefined && task.clusterArn !== cluster.clusterArn)
    throw invalidParameter('The referenced task was not found.')
  return task
}

/** An agent reports on tasks of its own instance only, so that nobody's session reports on one that has no host yet. */
const checkHost = (context: EcsContext, action: string, task: TaskRecord): void => {
  const host = context.tx.containerInstances.get(hostOf(task) ?? '')
  if (host !== undefined) checkAgent(context, action, host)
  else if (context.principal.session !== undefined) throw invalidParameter('The referenced task was not found.')
}
