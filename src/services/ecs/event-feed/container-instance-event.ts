/** "ECS Container Instance State Change": an instance as it is registered, and what its tasks leave of its resources. */
import type { ContainerInstance, Resource } from '@aws-sdk/client-ecs'
import { dateOf } from '../../../kit/timestamps.ts'
import type { EventContent } from './event.ts'

/** `instance` as described; `clusterArn` is what an event has beyond that. */
export const containerInstanceEvent = (instance: ContainerInstance, clusterArn: string, at: number): EventContent => {
  const { agentConnected, agentUpdateStatus, attributes, capacityProviderName, containerInstanceArn = '' } = instance
  const { ec2InstanceId, registeredAt, status, statusReason, version, versionInfo } = instance
  const { registeredResources = [], remainingResources = [] } = instance
  return {
    detailType: 'ECS Container Instance State Change',
    resource: containerInstanceArn,
    at,
    detail: {
      agentConnected,
      agentUpdateStatus,
      attributes,
      capacityProviderName,
      clusterArn,
      containerInstanceArn,
      ec2InstanceId,
      registeredAt,
      registeredResources: registeredResources.map(brief),
      remainingResources: remainingResources.map(brief),
      status,
      statusReason,
      version,
      versionInfo,
      updatedAt: dateOf(at),
    },
  }
}

/** AWS: in events a resource has the value of its type alone. */
const brief = ({ name, type, integerValue, longValue, doubleValue, stringSetValue }: Resource): Resource => {
  switch (type) {
    case 'STRINGSET':
      return { name, type, stringSetValue }
    case 'LONG':
      return { name, type, longValue }
    case 'DOUBLE':
      return { name, type, doubleValue }
    default:
      return { name, type, integerValue }
  }
}
