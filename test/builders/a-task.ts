/** A task as RunTask leaves it on an instance: pending, one container, not yet heard of by an agent. */
import { taskDefinitionArn } from '../../src/model/arn.ts'
import type { TaskContainerRecord, TaskRecord } from '../../src/model/records.ts'
import { DEFAULT_CLUSTER_ARN } from './a-cluster.ts'
import { BUILT_AT_MS, builderIds } from './ids.ts'

export const aTaskContainer = (given: Partial<TaskContainerRecord> = {}): TaskContainerRecord => ({
  containerId: builderIds.uuid(),
  name: 'app',
  image: 'longshore/test:latest',
  lastStatus: 'PENDING',
  ...given,
})

export const aTask = (given: Partial<TaskRecord> = {}): TaskRecord => ({
  taskId: builderIds.hex32(),
  clusterArn: DEFAULT_CLUSTER_ARN,
  taskDefinitionArn: taskDefinitionArn('us-east-1', '000000000000', 'web', 1),
  lastStatus: 'PENDING',
  desiredStatus: 'RUNNING',
  launchType: 'EC2',
  group: 'family:web',
  reservation: { cpuUnits: 128, memoryMiB: 256, tcpPorts: [], udpPorts: [], gpuCount: 0 },
  containers: [aTaskContainer()],
  createdAt: BUILT_AT_MS,
  version: 1,
  ...given,
})

/** A task that waits for capacity. */
export const aWaitingTask = (given: Partial<TaskRecord> = {}): TaskRecord =>
  aTask({
    lastStatus: 'PROVISIONING',
    capacityProviderName: 'spare',
    waiting: { placementConstraints: [], placementStrategy: [] },
    ...given,
  })
