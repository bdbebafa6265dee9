/** The index against the plain scan: random clusters, tasks and changes; every placement must be one that the scan allows. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CLUSTER_ARN } from '../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../test/builders/a-container-instance.ts'
import { aTask, aTaskContainer } from '../../test/builders/a-task.ts'
import { SeededIds } from '../kit/ids.ts'
import type { AttributeRecord, ContainerInstanceRecord, TaskRecord } from '../model/records.ts'
import { CapacityIndex } from './capacity-index.ts'
import { ReferenceScheduler } from './reference.ts'
import type { Placement, PlacementRequest } from './types.ts'

/** Both schedulers, fed alike. */
class Both {
  readonly index = new CapacityIndex(new SeededIds(7))
  readonly reference = new ReferenceScheduler()
  readonly instances: ContainerInstanceRecord[] = []
  readonly tasks: TaskRecord[] = []

  addInstance(record: ContainerInstanceRecord): void {
    this.instances.push(record)
    this.index.applyInstance(undefined, record)
    this.reference.applyInstance(record)
  }

  changeInstance(at: number, changes: Partial<ContainerInstanceRecord>): void {
    const before = this.instances[at]!
    const after = { ...before, ...changes }
    this.instances[at] = after
    this.index.applyInstance(before, after)
    this.reference.applyInstance(after)
  }

  removeInstance(at: number): void {
    const [record] = this.instances.splice(at, 1)
    const isThere = (task: TaskRecord) => task.containerInstanceId === record!.containerInstanceId
    for (const task of this.tasks.filter(isThere)) this.changeTask(this.tasks.indexOf(task), undefined)
    this.index.applyInstance(record, undefined)
    this.reference.removeInstance(record!.containerInstanceId)
  }

  changeTask(at: number, lastStatus: TaskRecord['lastStatus'] | undefined): void {
    const before = this.tasks[at]!
    const after = lastStatus === undefined ? undefined : { ...before, lastStatus }
    if (after === undefined) this.tasks.splice(at, 1)
    else this.tasks[at] = after
    this.index.applyTask(before, after)
    this.reference.applyTask(before, after)
  }

  /** Places, and inserts the tasks. Gives what the plain scan objects to, placement by placement. */
  place(request: PlacementRequest): string[] {
    const { placements, failures } = this.index.place(request)
    const tasks = placements.map((placement) => placed(request, placement))
    const objections = tasks.flatMap((task) => this.#objection(request, task))
    const isComplete = placements.length === request.count
    if (!isComplete && this.reference.best(request).length > 0) objections.push('more would have fitted')
    if (isComplete !== (failures.length === 0)) objections.push('failures do not tell of what was not placed')
    for (const task of tasks) this.index.applyTask(undefined, task)
    this.tasks.push(...tasks)
    return objections
  }

  #objection(request: PlacementRequest, task: TaskRecord): string[] {
    const best = this.reference.best(request)
    this.reference.applyTask(undefined, task)
    if (task.containers[0]!.gpuIds!.length !== request.reservation.gpuCount) return ['wrong number of GPUs']
    return best.includes(task.containerInstanceId!) ? [] : [`${task.containerInstanceId} is not of ${best.join()}`]
  }
}

const placed = (request: PlacementRequest, { containerInstanceId, gpuIds }: Placement): TaskRecord => {
  const { group, reservation } = request
  return aTask({ containerInstanceId, group, reservation, containers: [aTaskContainer({ gpuIds })] })
}

const someAttributes: fc.Arbitrary<AttributeRecord[]> = fc
  .record({
    'ecs.availability-zone': fc.constantFrom('a', 'b', 'c', undefined),
    rack: fc.constantFrom('1', '2', undefined),
    type: fc.constantFrom('small', 'large'),
    capability: fc.constantFrom('', undefined),
  })
  .map((values) =>
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, ...(value && { value }) }])),
  )

const someInstance = fc.record({
  cpuUnits: fc.constantFrom(256, 512, 1024),
  memoryMiB: fc.constantFrom(256, 768, 1024),
  capacityProviderName: fc.constantFrom('blue', 'blue', 'green'),
  gpuIds: fc.constantFrom<readonly string[]>([], [], ['GPU-0', 'GPU-1', 'GPU-2']),
  attributes: someAttributes,
})

const someConstraint = fc.constantFrom<PlacementRequest['constraints'][number]>(
  { type: 'distinctInstance' },
  { type: 'memberOf', expression: 'attribute:type == small' },
  { type: 'memberOf', expression: 'attribute:ecs.availability-zone in [a, b]' },
  { type: 'memberOf', expression: 'not(task:group == web)' },
  { type: 'memberOf', expression: 'task:group == db' },
  { type: 'memberOf', expression: 'runningTasksCount < 2' },
)

const someStrategy = fc.constantFrom<PlacementRequest['strategies'][number]>(
  { type: 'random' },
  { type: 'binpack', field: 'cpu' },
  { type: 'binpack', field: 'memory' },
  { type: 'spread', field: 'instanceId' },
  { type: 'spread', field: 'host' },
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'attribute:rack' },
)

const someRequest: fc.Arbitrary<PlacementRequest> = fc.record({
  clusterArn: fc.constant(DEFAULT_CLUSTER_ARN),
  count: fc.integer({ min: 1, max: 4 }),
  group: fc.constantFrom('web', 'db', 'cron'),
  reservation: fc.record({
    cpuUnits: fc.constantFrom(0, 64, 128),
    memoryMiB: fc.constantFrom(16, 64, 256),
    tcpPorts: fc.constantFrom<readonly number[]>([], [], [80], [80, 443], [22]),
    udpPorts: fc.constantFrom<readonly number[]>([], [], [53]),
    gpuCount: fc.constantFrom(0, 0, 0, 1, 2),
  }),
  requiredAttributes: fc.constantFrom<PlacementRequest['requiredAttributes']>(
    [],
    [{ name: 'type' }],
    [{ name: 'capability' }],
    [{ name: 'type', value: 'large' }],
  ),
  constraints: fc.array(someConstraint, { maxLength: 2 }),
  strategies: fc.array(someStrategy, { maxLength: 4 }),
  capacityProviderName: fc.constantFrom(undefined, undefined, 'blue', 'green'),
})

const onInstance = (action: (both: Both, at: number) => void): fc.Arbitrary<Action> =>
  fc.nat().map((number) => (both) => {
    if (both.instances.length > 0) action(both, number % both.instances.length)
    return []
  })

const onTask = (action: (both: Both, at: number) => void): fc.Arbitrary<Action> =>
  fc.nat().map((number) => (both) => {
    if (both.tasks.length > 0) action(both, number % both.tasks.length)
    return []
  })

/** Does something, and gives what is wrong with it. `requests` are those of the case: few, so that each comes again and again. */
type Action = (both: Both, requests: readonly PlacementRequest[]) => string[]

const somePlacements: fc.Arbitrary<Action> = fc.tuple(fc.nat(), fc.constantFrom(1, 1, 1, 2, 30)).map(
  ([number, times]) =>
    (both, requests) =>
      Array.from({ length: times }, () => both.place(requests[number % requests.length]!)).flat(),
)

const someAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: somePlacements },
  { weight: 3, arbitrary: onTask((both, at) => both.changeTask(at, 'RUNNING')) },
  { weight: 3, arbitrary: onTask((both, at) => both.changeTask(at, 'STOPPED')) },
  { weight: 2, arbitrary: onTask((both, at) => both.changeTask(at, undefined)) },
  { weight: 1, arbitrary: onInstance((both, at) => both.removeInstance(at)) },
  { weight: 1, arbitrary: onInstance((both, at) => both.changeInstance(at, { status: 'DRAINING' })) },
  { weight: 1, arbitrary: onInstance((both, at) => both.changeInstance(at, { status: 'ACTIVE' })) },
  { weight: 1, arbitrary: onInstance((both, at) => both.changeInstance(at, { agentConnected: at % 3 > 0 })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), someInstance).map(([number, size]): Action => (both) => {
      const { attributes, registeredResources } = aContainerInstance(size)
      const { capacityProviderName } = size
      if (both.instances.length > 0) {
        const changes = { attributes, registeredResources, capacityProviderName }
        both.changeInstance(number % both.instances.length, changes)
      }
      return []
    }),
  },
  {
    weight: 3,
    arbitrary: someInstance.map((size): Action => (both) => {
      both.addInstance(aContainerInstance(size))
      return []
    }),
  },
)

type Sizes = readonly Parameters<typeof aContainerInstance>[0][]

const clusterOf = (sizes: Sizes): Both => {
  const both = new Both()
  for (const size of sizes) both.addInstance(aContainerInstance(size))
  return both
}

const list = <T>(item: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
  fc.array(item, { minLength, maxLength, size: 'max' })

const aCase = (fewestInstances: number, mostInstances: number) =>
  fc
    .tuple(list(someInstance, fewestInstances, mostInstances), list(someRequest, 1, 3), list(someAction, 0, 100))
    .map(([sizes, requests, actions]) => (): string[] => {
      const both = clusterOf(sizes)
      return actions.flatMap((action) => action(both, requests))
    })

/** For making a failing case smaller, too. */
const PATIENCE_MS = 8000

describe('placement', () => {
  it('is what a look at every instance gives, whatever happened before', () => {
    const property = fc.property(aCase(1, 20), (objections) => {
      expect(objections()).toEqual([])
    })
    fc.assert(property, { numRuns: 200, interruptAfterTimeLimit: PATIENCE_MS })
  })

  it('is so in clusters of which each part outgrows its first size', () => {
    const property = fc.property(aCase(100, 300), (objections) => {
      expect(objections()).toEqual([])
    })
    fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: PATIENCE_MS })
  })

  it('leaves the index as it is until the tasks are inserted', () => {
    const anyCase = fc.property(list(someInstance, 1, 10), someRequest, (sizes, request) => {
      const { index, instances } = clusterOf(sizes)
      const left = () => instances.map(({ containerInstanceId }) => index.remaining(containerInstanceId))
      const before = left()
      index.place(request)
      expect(left()).toEqual(before)
    })
    fc.assert(anyCase)
  })
})
