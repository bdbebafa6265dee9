/** Groups of tasks for the service scheduler's plans, and a small world in which such plans are carried out. */
import type {
  DaemonGroup,
  ReplicaGroup,
  TaskFacts,
  TaskPlan,
} from '../../src/controllers/service-scheduler/plan/types.ts'

export const SETTLING_MS = 40_000

export const aTaskFacts = (taskId: string, facts: Partial<TaskFacts> = {}): TaskFacts => ({
  taskId,
  holderId: 'new',
  status: 'running',
  createdAt: 0,
  startedAt: 0,
  containerInstanceId: `host-of-${taskId}`,
  hostStatus: 'ACTIVE',
  ...facts,
})

/** `count` tasks that are alike. */
export const taskFacts = (count: number, name: string, facts: Partial<TaskFacts> = {}): TaskFacts[] =>
  Array.from({ length: count }, (_, index) => aTaskFacts(`${name}${index + 1}`, facts))

export const aReplicaGroup = (facts: Partial<ReplicaGroup> = {}): ReplicaGroup => ({
  holderId: 'new',
  desiredCount: 2,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  capacityProviderStrategy: [],
  mayStart: true,
  isPlacementBlocked: false,
  balancedZones: [],
  tasks: [],
  settlingMs: SETTLING_MS,
  ...facts,
})

export const aDaemonGroup = (facts: Partial<DaemonGroup> = {}): DaemonGroup => ({
  holderId: 'new',
  minimumHealthyPercent: 0,
  maximumPercent: 100,
  mayStart: true,
  instances: [],
  drainingBusy: new Set(),
  tasks: [],
  settlingMs: SETTLING_MS,
  ...facts,
})

export interface WorldHost {
  readonly containerInstanceId: string
  readonly availabilityZone: string
  readonly capacityProviderName?: string
  hostStatus: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  /** Tasks that fit. */
  readonly places: number
}

/** Tasks on hosts. Whoever uses it says what happens; the world says what follows from it. */
export class TaskWorld {
  now = 1_000_000
  readonly hosts: readonly WorldHost[]
  #tasks: readonly TaskFacts[] = []
  #madeCount = 0

  constructor(hosts: readonly WorldHost[]) {
    this.hosts = hosts
  }

  get tasks(): readonly TaskFacts[] {
    return this.#tasks.map((task) => {
      const host = this.hosts.find(({ containerInstanceId }) => containerInstanceId === task.containerInstanceId)
      return host === undefined ? task : { ...task, hostStatus: host.hostStatus }
    })
  }

  /** A task on a host with room, in the zone and on the host with the fewest tasks; false where there is none. */
  add(facts: Partial<TaskFacts>): boolean {
    const host = this.#hostFor(facts)
    if (host === undefined) return false
    const { containerInstanceId, availabilityZone, capacityProviderName } = host
    this.#madeCount += 1
    this.#tasks = [
      ...this.#tasks,
      {
        taskId: `t${String(this.#madeCount).padStart(4, '0')}`,
        holderId: 'new',
        status: 'starting',
        createdAt: this.now,
        containerInstanceId,
        availabilityZone,
        ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
        ...facts,
      },
    ]
    return true
  }

  #hostFor(facts: Partial<TaskFacts>): WorldHost | undefined {
    const count = (key: 'containerInstanceId' | 'availabilityZone', host: WorldHost): number =>
      this.#tasks.filter((task) => task[key] === host[key]).length
    const isWanted = (host: WorldHost): boolean =>
      (['containerInstanceId', 'availabilityZone', 'capacityProviderName'] as const).every(
        (key) => facts[key] === undefined || facts[key] === host[key],
      )
    const [best] = this.hosts
      .filter(
        (host) => host.hostStatus === 'ACTIVE' && isWanted(host) && count('containerInstanceId', host) < host.places,
      )
      .toSorted(
        (one, other) =>
          count('availabilityZone', one) - count('availabilityZone', other) ||
          count('containerInstanceId', one) - count('containerInstanceId', other),
      )
    return best
  }

  /** Starts and stops what the plan says; gives how many starts found no place. `facts`: of what the new tasks are like. */
  carryOut({ starts, stops }: TaskPlan, facts: Partial<TaskFacts> = {}): number {
    const isStopped = new Set(stops.map(({ taskId }) => taskId))
    const isLost = new Set(this.tasks.filter(({ hostStatus }) => hostStatus === 'INACTIVE').map(({ taskId }) => taskId))
    this.#tasks = this.#tasks
      .filter(({ taskId }) => !(isStopped.has(taskId) && isLost.has(taskId)))
      .map((task) => (isStopped.has(task.taskId) ? { ...task, status: 'stopping' } : task))
    let unplacedCount = 0
    for (const { count, ...where } of starts)
      for (let started = 0; started < count; started++) if (!this.add({ ...facts, ...where })) unplacedCount += 1
    return unplacedCount
  }

  change(taskId: string, facts: Partial<TaskFacts>): void {
    this.#tasks = this.#tasks.map((task) => (task.taskId === taskId ? { ...task, ...facts } : task))
  }

  remove(taskId: string): void {
    this.#tasks = this.#tasks.filter((task) => task.taskId !== taskId)
  }

  run(task: TaskFacts): void {
    if (task.status === 'starting') this.change(task.taskId, { status: 'running', startedAt: this.now })
  }

  /** All that is under way comes to its end: tasks start, become healthy, stop. */
  rest(): void {
    for (const task of this.tasks) {
      if (task.status === 'stopping') this.remove(task.taskId)
      else if (task.status === 'starting') this.run(task)
      else if (task.health === 'UNKNOWN') this.change(task.taskId, { health: 'HEALTHY' })
    }
    this.now += SETTLING_MS
  }
}
