/** From a service revision's record to the SDK's shape: the only crossing. */
import type { ContainerImage, ServiceRevision } from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { deploymentIdOf } from '../../model/arn.ts'
import { DIGEST_TASKS } from '../../model/limits.ts'
import type { TaskContainerRecord } from '../../model/records.ts'
import type { ServiceRevisionRecord } from '../../model/service-records.ts'
import { type ReadTables, taskListKey } from '../../store/tables.ts'
import { describeLaunch } from './describe-task-set.ts'

export const describeServiceRevision = (tables: ReadTables, revision: ServiceRevisionRecord): ServiceRevision => ({
  serviceRevisionArn: revision.serviceRevisionArn,
  serviceArn: revision.serviceArn,
  clusterArn: revision.clusterArn,
  ...describeLaunch(revision),
  containerImages: containerImages(tables, revision),
  guardDutyEnabled: false,
  createdAt: dateOf(revision.createdAt),
})

/** The images of the definition, with the digests that tasks of the revision found them to have. */
const containerImages = (tables: ReadTables, revision: ServiceRevisionRecord): ContainerImage[] => {
  const definition = tables.taskDefinitions.get(revision.taskDefinitionArn)
  const digests = imageDigests(tables, revision, definition?.containerDefinitions.length ?? 0)
  return (definition?.containerDefinitions ?? []).map(({ name, image }) =>
    compact({ containerName: name, image, imageDigest: digests.get(name ?? '') }),
  )
}

/** Digests by container name. One task that runs knows all of them; the first few may not have pulled their images yet. */
const imageDigests = (
  tables: ReadTables,
  revision: ServiceRevisionRecord,
  containerCount: number,
): ReadonlyMap<string, string> => {
  const digests = new Map<string, string>()
  for (const container of containersOf(tables, revision)) {
    if (container.imageDigest !== undefined) digests.set(container.name, container.imageDigest)
    if (digests.size === containerCount) break
  }
  return digests
}

function* containersOf(tables: ReadTables, revision: ServiceRevisionRecord): Iterable<TaskContainerRecord> {
  const deploymentId = deploymentIdOf(revision.serviceRevisionArn)
  let seen = 0
  for (const desiredStatus of ['RUNNING', 'STOPPED']) {
    const key = taskListKey(revision.clusterArn, desiredStatus, deploymentId)
    for (const { containers } of tables.tasks.iterate('listedByStartedBy', key)) {
      if (seen++ === DIGEST_TASKS) return
      yield* containers
    }
  }
}
