import { describe, expect, it } from 'vitest'
import { DEFAULT_CLUSTER_ARN } from '../../test/builders/a-cluster.ts'
import { aContainerInstance, type InstanceSize } from '../../test/builders/a-container-instance.ts'
import { aTask, aTaskContainer } from '../../test/builders/a-task.ts'
import { SeededIds } from '../kit/ids.ts'
import { clusterArn } from '../model/arn.ts'
import type { ContainerInstanceRecord, TaskRecord, TaskReservation } from '../model/records.ts'
import { CapacityIndex } from './capacity-index.ts'
import { ExpressionError } from './query-language.ts'
import type { PlacementRequest, PlacementResult } from './types.ts'

const anIndex = (...instances: readonly ContainerInstanceRecord[]): CapacityIndex => {
  const index = new CapacityIndex(new SeededIds(1))
  for (const instance of instances) index.applyInstance(undefined, instance)
  return index
}

const anInstance = (
  containerInstanceId: string,
  given: Partial<ContainerInstanceRecord & InstanceSize> = {},
): ContainerInstanceRecord => aContainerInstance({ containerInstanceId, ...given })

const aReservation = (given: Partial<TaskReservation> = {}): TaskReservation => ({
  cpuUnits: 1024,
  memoryMiB: 1024,
  tcpPorts: [],
  udpPorts: [],
  gpuCount: 0,
  ...given,
})

const aRequest = ({
  reservation,
  ...given
}: Partial<Omit<PlacementRequest, 'reservation'>> & {
  reservation?: Partial<TaskReservation>
} = {}): PlacementRequest => ({
  clusterArn: DEFAULT_CLUSTER_ARN,
  count: 1,
  group: 'family:web',
  requiredAttributes: [],
  constraints: [],
  strategies: [],
  ...given,
  reservation: aReservation(reservation),
})

/** Ids of the instances that tasks were placed on, sorted. */
const placed = ({ placements }: PlacementResult): string[] =>
  placements.map(({ containerInstanceId }) => containerInstanceId).toSorted()

const reasons = ({ failures }: PlacementResult): string[] => failures.map(({ reason }) => reason)

/** Inserts a task of the request on each instance. */
const start = (
  index: CapacityIndex,
  { group, reservation }: PlacementRequest,
  ...on: readonly string[]
): TaskRecord[] =>
  on.map((containerInstanceId) => {
    const task = aTask({ containerInstanceId, group, reservation })
    index.applyTask(undefined, task)
    return task
  })

describe('what is left of an instance', () => {
  it('is what it registered less what its tasks reserve', () => {
    const index = anIndex(anInstance('i'))
    const reservation = aReservation({ tcpPorts: [80], udpPorts: [53] })
    index.applyTask(undefined, aTask({ containerInstanceId: 'i', reservation }))
    expect(index.remaining('i')).toEqual({
      cpuUnits: 3072,
      memoryMiB: 7168,
      tcpPorts: [22, 2375, 2376, 51678, 51679, 80],
      udpPorts: [53],
      gpuIds: [],
    })
  })

  it('counts a task until it has stopped', () => {
    const index = anIndex(anInstance('i'))
    const [pending] = start(index, aRequest(), 'i')
    const running = { ...pending!, lastStatus: 'RUNNING' as const, desiredStatus: 'STOPPED' as const }
    index.applyTask(pending, running)
    expect(index.remaining('i')?.cpuUnits).toBe(3072)
    const stopped = { ...running, lastStatus: 'STOPPED' as const }
    index.applyTask(running, stopped)
    expect(index.remaining('i')?.cpuUnits).toBe(4096)
    index.applyTask(stopped, undefined)
    expect(index.remaining('i')?.cpuUnits).toBe(4096)
  })

  it('counts Fargate tasks on the instance that hosts them', () => {
    const index = anIndex(anInstance('i'))
    const { containerInstanceId: _, ...task } = aTask({ hostInstanceId: 'i', reservation: aReservation() })
    index.applyTask(undefined, task)
    expect(index.remaining('i')?.cpuUnits).toBe(3072)
  })

  it('includes tasks that were known before their instance', () => {
    const index = anIndex()
    start(index, aRequest(), 'i')
    expect(index.remaining('i')).toBeUndefined()
    index.applyInstance(undefined, anInstance('i'))
    expect(index.remaining('i')?.cpuUnits).toBe(3072)
  })

  it('follows what the instance registers anew', () => {
    const before = anInstance('i')
    const index = anIndex(before)
    start(index, aRequest(), 'i')
    index.applyInstance(before, anInstance('i', { cpuUnits: 512 }))
    expect(index.remaining('i')?.cpuUnits).toBe(-512)
    expect(reasons(index.place(aRequest({ reservation: { cpuUnits: 0 } })))).toEqual(['RESOURCE:CPU'])
  })

  it('is unknown for an instance that is gone, and nothing of it stays', () => {
    const instance = anInstance('i')
    const index = anIndex(instance)
    const [task] = start(index, aRequest(), 'i')
    index.applyInstance(instance, undefined)
    expect(index.remaining('i')).toBeUndefined()
    index.applyTask(task, undefined)
    index.applyInstance(undefined, instance)
    expect(index.remaining('i')?.cpuUnits).toBe(4096)
  })
})

describe('facts about an instance', () => {
  it('are its running tasks and the groups of all that have not stopped', () => {
    const index = anIndex(anInstance('i'))
    const [task] = start(index, aRequest({ group: 'service:web' }), 'i')
    start(index, aRequest({ group: 'db' }), 'i')
    index.applyTask(task, { ...task!, lastStatus: 'RUNNING' })
    const facts = index.facts('i')
    expect(facts.runningTasksCount).toBe(1)
    expect([...facts.taskGroups()]).toEqual(['service:web', 'db'])
    expect(facts.hasTaskGroup('db')).toBe(true)
    expect(facts.hasTaskGroup('cron')).toBe(false)
  })

  it('are none for an instance that nobody knows', () => {
    const facts = anIndex().facts('i')
    expect([facts.runningTasksCount, facts.hasTaskGroup('db'), ...facts.taskGroups()]).toEqual([0, false])
  })
})

describe('placing several tasks at once', () => {
  it('lets each count for the next', () => {
    const index = anIndex(anInstance('i'), anInstance('j'))
    const result = index.place(aRequest({ count: 10 }))
    expect(placed(result)).toEqual(['i', 'i', 'i', 'i', 'j', 'j', 'j', 'j'])
    expect(reasons(result)).toEqual(['RESOURCE:CPU', 'RESOURCE:CPU'])
  })

  it('gives no port to two tasks of an instance', () => {
    const index = anIndex(anInstance('i'), anInstance('j'))
    const request = aRequest({ count: 3, reservation: { tcpPorts: [8080] } })
    const result = index.place(request)
    expect(placed(result)).toEqual(['i', 'j'])
    expect(reasons(result)).toEqual(['RESOURCE:PORTS', 'RESOURCE:PORTS'])
  })

  it('gives each task GPUs of its own', () => {
    const index = anIndex(anInstance('i', { gpuIds: ['GPU-0', 'GPU-1', 'GPU-2'] }))
    const taken = aTask({
      containerInstanceId: 'i',
      reservation: aReservation({ gpuCount: 1 }),
      containers: [aTaskContainer({ gpuIds: ['GPU-1'] })],
    })
    index.applyTask(undefined, taken)
    const result = index.place(aRequest({ count: 3, reservation: { cpuUnits: 1, gpuCount: 1 } }))
    expect(result.placements.map(({ gpuIds }) => gpuIds)).toEqual([['GPU-0'], ['GPU-2']])
    expect(reasons(result)).toEqual(['RESOURCE:GPU'])
  })

  it('puts distinct tasks of a group on different instances', () => {
    const index = anIndex(anInstance('i'), anInstance('j'), anInstance('k'))
    const request = aRequest({ count: 3, constraints: [{ type: 'distinctInstance' }] })
    start(index, request, 'j')
    const result = index.place(request)
    expect(placed(result)).toEqual(['i', 'k'])
    expect(reasons(result)).toEqual(Array(3).fill('DistinctInstance placement constraint unsatisfied.'))
  })

  it('lets a task follow the one before it', () => {
    const index = anIndex(anInstance('i'), anInstance('j'))
    start(index, aRequest({ group: 'db' }), 'j')
    const besideDb = aRequest({ count: 2, constraints: [{ type: 'memberOf', expression: 'task:group == db' }] })
    expect(placed(index.place(besideDb))).toEqual(['j', 'j'])
    const alone = aRequest({ count: 2, constraints: [{ type: 'memberOf', expression: 'task:group not_exists' }] })
    expect(placed(index.place(alone))).toEqual(['i'])
  })
})

describe('failures', () => {
  it('tell for each instance the first check that failed', () => {
    const index = anIndex(
      anInstance('disconnected', { agentConnected: false }),
      anInstance('incapable', { attributes: [] }),
      anInstance('elsewhere', { attributes: [{ name: 'capability' }, { name: 'zone', value: 'b' }] }),
      anInstance('slow', { cpuUnits: 512, attributes: [{ name: 'capability' }, { name: 'zone', value: 'a' }] }),
      anInstance('small', { memoryMiB: 512, attributes: [{ name: 'capability' }, { name: 'zone', value: 'a' }] }),
      anInstance('draining', { status: 'DRAINING' }),
    )
    const request = aRequest({
      requiredAttributes: [{ name: 'capability' }],
      constraints: [{ type: 'memberOf', expression: 'attribute:zone == a' }],
    })
    expect(index.place(request).failures).toEqual([
      { containerInstanceId: 'disconnected', reason: 'AGENT' },
      { containerInstanceId: 'incapable', reason: 'ATTRIBUTE' },
      { containerInstanceId: 'elsewhere', reason: 'MemberOf placement constraint unsatisfied.' },
      { containerInstanceId: 'slow', reason: 'RESOURCE:CPU' },
      { containerInstanceId: 'small', reason: 'RESOURCE:MEMORY' },
    ])
  })

  it('looks at the instances of the capacity provider alone, as they come and go', () => {
    const [mine, other] = [anInstance('mine', { capacityProviderName: 'mine' }), anInstance('other')]
    const index = anIndex(mine, other)
    const request = aRequest({ count: 5, capacityProviderName: 'mine' })
    const result = index.place(request)
    expect(placed(result)).toEqual(['mine', 'mine', 'mine', 'mine'])
    expect(result.failures).toEqual([{ containerInstanceId: 'mine', reason: 'RESOURCE:CPU' }])
    index.applyInstance(other, { ...other, capacityProviderName: 'mine' })
    index.applyInstance(mine, { ...mine, capacityProviderName: 'another' })
    expect(placed(index.place({ ...request, count: 2 }))).toEqual(['other', 'other'])
    expect(index.place({ ...request, capacityProviderName: 'none' })).toEqual({
      placements: [],
      failures: [{ reason: 'No Container Instances were found in your capacity provider.' }],
    })
  })

  it('say so when the cluster has no instance to look at', () => {
    const nothing = [{ reason: 'No Container Instances were found in your cluster.' }]
    expect(anIndex().place(aRequest()).failures).toEqual(nothing)
    expect(anIndex(anInstance('i', { status: 'DRAINING' })).place(aRequest()).failures).toEqual(nothing)
    const elsewhere = clusterArn('us-east-1', '000000000000', 'other')
    expect(anIndex(anInstance('i')).place(aRequest({ clusterArn: elsewhere })).failures).toEqual(nothing)
  })

  it('are listed up to a limit', () => {
    const index = anIndex(...Array.from({ length: 150 }, (_, number) => anInstance(`i-${number}`, { cpuUnits: 1 })))
    expect(index.place(aRequest()).failures).toHaveLength(100)
  })

  it('are thrown only for an expression that cannot be read', () => {
    const request = aRequest({ constraints: [{ type: 'memberOf', expression: 'agentVersion < latest' }] })
    expect(() => anIndex(anInstance('i')).place(request)).toThrow(ExpressionError)
  })
})

describe('starting tasks on named instances', () => {
  it('places one on each, and tells why not on the others', () => {
    const index = anIndex(
      anInstance('free'),
      anInstance('draining', { status: 'DRAINING' }),
      anInstance('gone', { status: 'INACTIVE' }),
      anInstance('disconnected', { agentConnected: false }),
      anInstance('full', { memoryMiB: 100 }),
      anInstance('foreign', { clusterArn: clusterArn('us-east-1', '000000000000', 'other') }),
    )
    const containerInstanceIds = ['draining', 'free', 'gone', 'disconnected', 'full', 'foreign', 'unknown']
    expect(index.place(aRequest({ containerInstanceIds }))).toEqual({
      placements: [{ containerInstanceId: 'free', gpuIds: [] }],
      failures: [
        { containerInstanceId: 'draining', reason: 'INACTIVE' },
        { containerInstanceId: 'gone', reason: 'INACTIVE' },
        { containerInstanceId: 'disconnected', reason: 'AGENT' },
        { containerInstanceId: 'full', reason: 'RESOURCE:MEMORY' },
        { containerInstanceId: 'foreign', reason: 'MISSING' },
        { containerInstanceId: 'unknown', reason: 'MISSING' },
      ],
    })
  })

  it('misses every instance of a cluster that has none', () => {
    const { failures } = anIndex().place(aRequest({ containerInstanceIds: ['i'] }))
    expect(failures).toEqual([{ containerInstanceId: 'i', reason: 'MISSING' }])
  })
})

describe('strategies', () => {
  const zone = (value: string) => ({ attributes: [{ name: 'zone', value }] })

  it('pack onto the instance with the least left that still fits', () => {
    const index = anIndex(
      anInstance('large', { cpuUnits: 8192 }),
      anInstance('fitting', { cpuUnits: 2048 }),
      anInstance('tiny', { cpuUnits: 512 }),
    )
    const request = aRequest({ count: 3, strategies: [{ type: 'binpack', field: 'cpu' }] })
    expect(placed(index.place(request))).toEqual(['fitting', 'fitting', 'large'])
  })

  it('spread over instances by the tasks of the group, not by all tasks', () => {
    const index = anIndex(anInstance('i'), anInstance('j'))
    start(index, aRequest({ group: 'other' }), 'j', 'j')
    start(index, aRequest(), 'i')
    const request = aRequest({ strategies: [{ type: 'spread', field: 'instanceId' }] })
    expect(placed(index.place(request))).toEqual(['j'])
  })

  it('spread over attribute values, wherever the tasks of a value are', () => {
    const draining = anInstance('a2', { ...zone('a'), status: 'DRAINING' })
    const index = anIndex(anInstance('a1', zone('a')), draining, anInstance('b1', zone('b')))
    start(index, aRequest(), 'a2', 'a2', 'b1')
    const request = aRequest({ strategies: [{ type: 'spread', field: 'attribute:zone' }] })
    expect(placed(index.place(request))).toEqual(['b1'])
  })

  it('take instances without the attribute last', () => {
    const index = anIndex(anInstance('none', { attributes: [] }), anInstance('a', { ...zone('a'), cpuUnits: 2048 }))
    const request = aRequest({ count: 3, strategies: [{ type: 'spread', field: 'attribute:zone' }] })
    expect(placed(index.place(request))).toEqual(['a', 'a', 'none'])
  })

  it('follow attribute values that never come again', () => {
    const index = anIndex(anInstance('other', zone('other')))
    let before: ContainerInstanceRecord | undefined
    for (let number = 0; number < 100; number++) {
      const after = anInstance('i', zone(`zone-${number}`))
      index.applyInstance(before, after)
      before = after
      const request = aRequest({ count: 2, strategies: [{ type: 'spread', field: 'attribute:zone' }] })
      expect(placed(index.place(request))).toEqual(['i', 'other'])
    }
  })

  it('leave their equals to the next', () => {
    const index = anIndex(
      anInstance('a-large', zone('a')),
      anInstance('a-small', { ...zone('a'), memoryMiB: 4096 }),
      anInstance('b-large', zone('b')),
      anInstance('b-small', { ...zone('b'), memoryMiB: 4096 }),
    )
    const request = aRequest({
      count: 4,
      strategies: [
        { type: 'spread', field: 'attribute:zone' },
        { type: 'binpack', field: 'memory' },
      ],
    })
    expect(placed(index.place(request))).toEqual(['a-small', 'a-small', 'b-small', 'b-small'])
  })

  it('draw every acceptable instance as often as any other', () => {
    const index = anIndex(...['i', 'j', 'k', 'l'].map((id) => anInstance(id)))
    start(index, aRequest({ reservation: { cpuUnits: 4096 } }), 'l')
    const drawn = new Map<string, number>()
    for (let draw = 0; draw < 3000; draw++) {
      const [id] = placed(index.place(aRequest({ strategies: [{ type: 'random' }] })))
      drawn.set(id!, (drawn.get(id!) ?? 0) + 1)
    }
    expect([...drawn.keys()].toSorted()).toEqual(['i', 'j', 'k'])
    for (const count of drawn.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  it('draw the one acceptable instance among many', () => {
    const full = Array.from({ length: 300 }, (_, number) => anInstance(`full-${number}`, { cpuUnits: 8 }))
    const index = anIndex(...full, anInstance('free'))
    expect(placed(index.place(aRequest()))).toEqual(['free'])
  })
})

describe('what searches remember', () => {
  /** More refusals than a search takes without remembering them. */
  const MANY = 100
  const request = aRequest({
    reservation: { cpuUnits: 64, memoryMiB: 64 },
    constraints: [{ type: 'distinctInstance' }],
    strategies: [{ type: 'binpack', field: 'memory' }],
  })

  const inUse = (): { index: CapacityIndex; tasks: TaskRecord[] } => {
    const instances = Array.from({ length: MANY + 10 }, (_, number) =>
      anInstance(`i-${String(number).padStart(3, '0')}`, { memoryMiB: 1000 + number }),
    )
    const index = anIndex(...instances)
    const tasks = Array.from({ length: MANY }, () => start(index, request, ...placed(index.place(request)))[0]!)
    return { index, tasks }
  }

  it('does not hide an instance that became free', () => {
    const { index, tasks } = inUse()
    index.applyTask(tasks[70], undefined)
    index.applyTask(tasks[40], undefined)
    expect(placed(index.place(request))).toEqual(['i-040'])
    expect(placed(index.place(request))).toEqual(['i-040'])
    start(index, request, 'i-040')
    expect(placed(index.place(request))).toEqual(['i-070'])
    start(index, request, 'i-070')
    expect(placed(index.place(request))).toEqual(['i-100'])
  })

  it('does not hide an instance from another question', () => {
    const { index } = inUse()
    expect(placed(index.place({ ...request, constraints: [] }))).toEqual(['i-000'])
    expect(placed(index.place({ ...request, group: 'other' }))).toEqual(['i-000'])
  })
})
