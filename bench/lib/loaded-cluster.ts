/**
 * A cluster in full use, for questions about placement: instances of several types in three zones, services with constraints, static
 * ports and distinct instances among them, and their tasks. Fed alike to the index and to the plain scan.
 */
import { SeededIds } from '../../src/kit/ids.ts'
import { CapacityIndex } from '../../src/scheduler/capacity-index.ts'
import { ReferenceScheduler } from '../../src/scheduler/reference.ts'
import type { TaskRecord } from '../../src/model/records.ts'
import type { Placement, PlacementConstraint, PlacementRequest, PlacementStrategy } from '../../src/scheduler/types.ts'
import { DEFAULT_CLUSTER_ARN } from '../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../test/builders/a-container-instance.ts'
import { aTask } from '../../test/builders/a-task.ts'

const SERVICES = 500
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c']
const TYPES = [
  { type: 'm5.8xlarge', cpuUnits: 32, memoryMiB: 128 },
  { type: 'm5.16xlarge', cpuUnits: 64, memoryMiB: 256 },
  { type: 'c5.12xlarge', cpuUnits: 48, memoryMiB: 96 },
  { type: 'r5.8xlarge', cpuUnits: 32, memoryMiB: 256 },
]
const EXPRESSIONS = [
  'attribute:ecs.instance-type =~ m5.*',
  'attribute:ecs.availability-zone in [us-east-1a, us-east-1b]',
  'attribute:stack == prod and not(attribute:ecs.instance-type =~ c5.*)',
]
const CAPABILITY = { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.21' }

type Service = Omit<PlacementRequest, 'count' | 'strategies'>

/** One in five has a static port, one in five wants distinct instances, half have a `memberOf` constraint. */
const serviceOf = (number: number): Service => ({
  clusterArn: DEFAULT_CLUSTER_ARN,
  group: `service:service-${number}`,
  reservation: {
    cpuUnits: 32 << (number % 4),
    memoryMiB: 64 << (number % 5),
    tcpPorts: number % 5 === 0 ? [8000 + number] : [],
    udpPorts: [],
    gpuCount: 0,
  },
  requiredAttributes: [CAPABILITY, { name: 'ecs.os-type', value: 'linux' }],
  constraints: constraintsOf(number),
})

const constraintsOf = (number: number): PlacementConstraint[] => {
  const expression = EXPRESSIONS[number % (EXPRESSIONS.length * 2)]
  return [
    ...(number % 5 === 1 ? [{ type: 'distinctInstance' } as const] : []),
    ...(expression === undefined ? [] : [{ type: 'memberOf', expression } as const]),
  ]
}

const instanceOf = (number: number, tasks: number) => {
  const { type, cpuUnits, memoryMiB } = TYPES[number % TYPES.length]!
  return aContainerInstance({
    cpuUnits: cpuUnits * 5 * tasks,
    memoryMiB: memoryMiB * 4 * tasks,
    attributes: [
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.availability-zone', value: ZONES[number % ZONES.length]! },
      { name: 'ecs.instance-type', value: type },
      { name: 'stack', value: number % 3 === 0 ? 'test' : 'prod' },
      CAPABILITY,
      { name: 'ecs.capability.execution-role-awslogs' },
      { name: 'ecs.capability.task-cpu-mem-limit' },
    ],
  })
}

export class LoadedCluster {
  readonly index = new CapacityIndex(new SeededIds(1))
  readonly scan = new ReferenceScheduler()
  readonly #services = Array.from({ length: SERVICES }, (_, number) => serviceOf(number))
  #turn = 0

  /** Instances have room for about half as many tasks again. */
  constructor(instances: number, tasks: number) {
    for (let number = 0; number < instances; number++) {
      const record = instanceOf(number, tasks / instances)
      this.index.applyInstance(undefined, record)
      this.scan.applyInstance(record)
    }
    for (let number = 0; number < tasks; number++) {
      const task = this.place([{ type: 'random' }])
      this.scan.applyTask(undefined, task)
    }
  }

  /** A decision by the index for the service whose turn it is, and the update that follows from it. */
  place(strategies: readonly PlacementStrategy[]): TaskRecord {
    const request = this.#nextRequest(strategies)
    const [placement] = this.index.place(request).placements
    const task = taskOf(request, placement)
    this.index.applyTask(undefined, task)
    return task
  }

  /** The same by the plain scan. */
  placeByScan(strategies: readonly PlacementStrategy[]): TaskRecord {
    const request = this.#nextRequest(strategies)
    const [containerInstanceId] = this.scan.best(request)
    const task = taskOf(request, containerInstanceId === undefined ? undefined : { containerInstanceId, gpuIds: [] })
    this.scan.applyTask(undefined, task)
    return task
  }

  #nextRequest(strategies: readonly PlacementStrategy[]): PlacementRequest {
    const service = this.#services[this.#turn++ % SERVICES]!
    return { ...service, count: 1, strategies }
  }
}

/** Copied for every task: making ids would cost more than what is measured. */
const TASK = aTask()

const taskOf = ({ group, reservation }: PlacementRequest, placement: Placement | undefined): TaskRecord => {
  if (placement === undefined) throw new Error('the cluster is too full to measure anything')
  const { containerInstanceId } = placement
  return { ...TASK, containerInstanceId, group, reservation }
}
