/** A connected container instance with 4 vCPU and 8 GiB, as an agent on an ordinary Linux machine registers it. */
import type { ContainerInstanceRecord } from '../../src/model/records.ts'
import { DEFAULT_CLUSTER_ARN } from './a-cluster.ts'
import { BUILT_AT_MS, builderIds } from './ids.ts'

export interface InstanceSize {
  readonly cpuUnits: number
  readonly memoryMiB: number
  readonly gpuIds: readonly string[]
}

const resourcesOf = ({ cpuUnits, memoryMiB, gpuIds }: InstanceSize): ContainerInstanceRecord['registeredResources'] => [
  { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: cpuUnits },
  { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: memoryMiB },
  {
    name: 'PORTS',
    type: 'STRINGSET',
    doubleValue: 0,
    longValue: 0,
    integerValue: 0,
    stringSetValue: ['22', '2375', '2376', '51678', '51679'],
  },
  { name: 'PORTS_UDP', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: [] },
  ...(gpuIds.length === 0
    ? []
    : [{ name: 'GPU', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: [...gpuIds] }]),
]

/** `cpuUnits`, `memoryMiB` and `gpuIds` make the registered resources. */
export const aContainerInstance = (
  given: Partial<ContainerInstanceRecord & InstanceSize> = {},
): ContainerInstanceRecord => {
  const { cpuUnits = 4096, memoryMiB = 8192, gpuIds = [], ...members } = given
  return {
    containerInstanceId: builderIds.hex32(),
    clusterArn: DEFAULT_CLUSTER_ARN,
    status: 'ACTIVE',
    agentConnected: true,
    registeredAt: BUILT_AT_MS,
    registeredResources: resourcesOf({ cpuUnits, memoryMiB, gpuIds }),
    gpuIds,
    attributes: [
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      { name: 'ecs.availability-zone', value: 'us-east-1a' },
      { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' },
      { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.21' },
      { name: 'ecs.capability.execution-role-awslogs' },
      { name: 'ecs.capability.task-cpu-mem-limit' },
    ],
    versionInfo: { agentVersion: '1.105.1', agentHash: '0123abcd', dockerVersion: 'DockerVersion: 20.10.24' },
    version: 1,
    tags: [],
    ...members,
  }
}
