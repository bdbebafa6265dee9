/** Tasks as they are in a busy installation: started by RunTask, then reported RUNNING by their agent. */
import type { Ids } from '../../src/kit/ids.ts'
import { taskMaker } from '../../src/model/new-task.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../src/model/records.ts'
import { taskReservation } from '../../src/model/task-reservation.ts'
import { applyReport } from '../../src/model/task-state.ts'
import { DEFAULT_CLUSTER_ARN } from '../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../test/builders/a-container-instance.ts'
import { aContainerDefinition, aTaskDefinition } from '../../test/builders/a-task-definition.ts'
import { BUILT_AT_MS } from '../../test/builders/ids.ts'

const TASKS_PER_INSTANCE = 100

const definition = aTaskDefinition({
  networkMode: 'bridge',
  containerDefinitions: [aContainerDefinition({ portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }] })],
})
const reservation = taskReservation(definition, undefined, 'EC2')

export interface SampleTasks {
  readonly instances: readonly ContainerInstanceRecord[]
  /** The task of that number as RunTask leaves it. */
  start(number: number): TaskRecord
  /** A task after its agent said that it runs. */
  run(task: TaskRecord, number: number): TaskRecord
}

export const sampleTasks = (count: number, ids: Ids): SampleTasks => {
  const instances = Array.from({ length: Math.ceil(count / TASKS_PER_INSTANCE) }, () => aContainerInstance())
  return {
    instances,
    start: (number) => {
      const make = taskMaker(
        {
          clusterArn: DEFAULT_CLUSTER_ARN,
          definition,
          launchType: 'EC2',
          group: 'family:web',
          enableExecuteCommand: false,
          reservation,
          tags: [],
          createdAt: BUILT_AT_MS + number,
        },
        ids,
      )
      return make({ host: { instance: instances[number % instances.length]!, gpuIds: [] } })
    },
    run: (task, number) => applyReport(task, runningReport(task, number, ids), definition, BUILT_AT_MS + number + 900),
  }
}

/** Parsed from text, as the wire does it: strings of a report are its own. */
const runningReport = (task: TaskRecord, number: number, ids: Ids) =>
  JSON.parse(
    JSON.stringify({
      status: 'RUNNING',
      pullStartedAt: BUILT_AT_MS + number + 100,
      pullStoppedAt: BUILT_AT_MS + number + 500,
      containers: task.containers.map(({ name }) => ({
        containerName: name,
        status: 'RUNNING',
        runtimeId: ids.hex32() + ids.hex32(),
        imageDigest: `sha256:${'0123456789abcdef'.repeat(4)}`,
        networkBindings: [
          { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768 + (number % 10_000), protocol: 'tcp' },
        ],
      })),
    }),
  ) as Parameters<typeof applyReport>[1]
