/** The tags that a service's tasks begin with. Source: propagateTags and enableECSManagedTags of CreateService in the API reference. */
import type { Tag, TaskDefinitionRecord } from './records.ts'
import type { ServiceRecord } from './service-records.ts'

/** Tags change only for tasks that start afterwards: those that run keep what they have. */
export const serviceTaskTags = (
  service: Pick<ServiceRecord, 'propagateTags' | 'enableECSManagedTags' | 'serviceName' | 'tags'>,
  definition: Pick<TaskDefinitionRecord, 'tags'>,
  clusterName: string,
): readonly Tag[] => {
  const propagated = propagatedTags(service, definition)
  if (!service.enableECSManagedTags) return propagated
  return [
    ...propagated,
    { key: 'aws:ecs:clusterName', value: clusterName },
    { key: 'aws:ecs:serviceName', value: service.serviceName },
  ]
}

const propagatedTags = (
  { propagateTags, tags }: Pick<ServiceRecord, 'propagateTags' | 'tags'>,
  definition: Pick<TaskDefinitionRecord, 'tags'>,
): readonly Tag[] => {
  if (propagateTags === 'SERVICE') return tags
  return propagateTags === 'TASK_DEFINITION' ? definition.tags : []
}
