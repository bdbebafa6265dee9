/** The dimensions that metrics of ECS have, by what they are of. */
import { clusterNameOf, serviceNameOfGroup, taskDefinitionOf } from '../../model/arn.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import type { MetricDimension } from '../../store/metrics/metric-store.ts'

export type Dimensions = Readonly<Record<string, string>>

export const ofCluster = (clusterArn: string): Dimensions => ({ ClusterName: clusterNameOf(clusterArn) })

export const ofService = (clusterArn: string, serviceName: string): Dimensions => ({
  ...ofCluster(clusterArn),
  ServiceName: serviceName,
})

export const ofFamily = ({ clusterArn, taskDefinitionArn }: TaskRecord): Dimensions => ({
  ...ofCluster(clusterArn),
  TaskDefinitionFamily: taskDefinitionOf(taskDefinitionArn).family,
})

/** Beside its service, or else its family, so that all tasks of one can be found. */
export const ofTask = (task: TaskRecord): Dimensions => {
  const serviceName = serviceNameOfGroup(task.group)
  const among = serviceName === undefined ? ofFamily(task) : ofService(task.clusterArn, serviceName)
  return { ...among, TaskId: task.taskId }
}

export const ofInstance = ({
  clusterArn,
  containerInstanceId,
  ec2InstanceId,
}: ContainerInstanceRecord): Dimensions => ({
  ...ofCluster(clusterArn),
  ContainerInstanceId: containerInstanceId,
  ...(ec2InstanceId !== undefined && { InstanceId: ec2InstanceId }),
})

/** As the metric store has them. */
export const sorted = (dimensions: Dimensions): readonly MetricDimension[] =>
  Object.entries(dimensions)
    .map(([name, value]) => ({ name, value }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
