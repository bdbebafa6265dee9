/** The service revision that a task is of. */
import { resourceId, serviceArn, serviceNameOfGroup, serviceRevisionArn, isDeploymentId } from '../model/arn.ts'
import type { TaskRecord } from '../model/records.ts'
import type { ServiceRevisionRecord } from '../model/service-records.ts'
import type { ReadTables } from './tables.ts'

/** Undefined for a task of no service, or one whose revision is forgotten. */
export const revisionOfTask = (
  tables: Pick<ReadTables, 'serviceRevisions'>,
  { clusterArn, group, startedBy = '' }: Pick<TaskRecord, 'clusterArn' | 'group' | 'startedBy'>,
): ServiceRevisionRecord | undefined => {
  const serviceName = serviceNameOfGroup(group)
  if (serviceName === undefined || !isDeploymentId(startedBy)) return undefined
  return tables.serviceRevisions.get(serviceRevisionArn(serviceArn(clusterArn, serviceName), resourceId(startedBy)))
}
