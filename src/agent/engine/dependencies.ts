/**
 * The order between the containers of a task: `dependsOn`, what links and `volumesFrom` imply, deadlines, and the reverse order on the
 * way down. Pure rules on a task's record; `settle.ts` and `next-steps.ts` ask them.
 * Conditions: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 */
import type { DependencyCondition } from '../../agentlink/acs-messages.ts'
import { findContainer, hasReached, isStopped } from './task.ts'
import type { EngineContainer, EngineTask } from './task.ts'

export interface Dependency {
  readonly containerName: string
  /** `CREATE` is what `volumesFrom` needs: the container exists. */
  readonly condition: DependencyCondition | 'CREATE'
}

/** Exit code of a container that never started because of a dependency. AWS: 128 + SIGTERM, as if it had been asked to stop. */
export const DEPENDENCY_EXIT_CODE = 143

export const dependenciesOf = ({ definition }: EngineContainer): readonly Dependency[] => [
  ...(definition.dependsOn ?? []),
  ...(definition.links ?? []).map((link) => ({
    containerName: link.split(':')[0] ?? link,
    condition: 'START' as const,
  })),
  ...(definition.volumesFrom ?? []).map(({ sourceContainer }) => ({
    containerName: sourceContainer,
    condition: 'CREATE' as const,
  })),
]

/** Whether an order exists: every dependency is there, none goes in a circle, and what shall become healthy has a health check. */
export const canBeOrdered = (containers: readonly EngineContainer[]): boolean => {
  const byName = new Map(containers.map((container) => [container.definition.name, container]))
  const possible = (dependency: Dependency): boolean => {
    const target = byName.get(dependency.containerName)
    return (
      target !== undefined && (dependency.condition !== 'HEALTHY' || target.definition.healthCheckType === 'docker')
    )
  }
  return containers.every((container) => dependenciesOf(container).every(possible)) && !hasCircle(byName)
}

const hasCircle = (byName: ReadonlyMap<string, EngineContainer>): boolean => {
  const finished = new Set<string>()
  const leadsBack = (name: string, path: ReadonlySet<string>): boolean => {
    if (path.has(name)) return true
    if (finished.has(name)) return false
    const further = new Set(path).add(name)
    const container = byName.get(name)
    const found =
      container !== undefined && dependenciesOf(container).some((next) => leadsBack(next.containerName, further))
    finished.add(name)
    return found
  }
  return [...byName.keys()].some((name) => leadsBack(name, new Set()))
}

export const dependenciesHold = (task: EngineTask, container: EngineContainer): boolean =>
  dependenciesOf(container).every(({ containerName, condition }) => {
    const dependency = findContainer(task, containerName)
    return dependency !== undefined && holds(condition, dependency)
  })

const holds = (condition: Dependency['condition'], dependency: EngineContainer): boolean => {
  switch (condition) {
    case 'CREATE':
      return hasReached(dependency, 'CREATED') && dependency.dockerId !== undefined
    case 'START':
      return hasReached(dependency, 'RUNNING') && dependency.startedAt !== undefined
    case 'COMPLETE':
      return isStopped(dependency) && dependency.exitCode !== undefined
    case 'SUCCESS':
      return isStopped(dependency) && dependency.exitCode === 0
    case 'HEALTHY':
      return !isStopped(dependency) && dependency.health?.status === 'HEALTHY'
  }
}

/** Why the container can never start, in the ECS agent's words, or undefined while it still may. */
export const dependencyError = (task: EngineTask, container: EngineContainer, now: number): string | undefined => {
  for (const { containerName, condition } of dependenciesOf(container)) {
    const dependency = findContainer(task, containerName)
    if (dependency === undefined || holds(condition, dependency)) continue
    const between = `container ordering dependency [${described(dependency)}] for target [${described(container)}]`
    const deadline = deadlineOf(condition, dependency)
    if (deadline !== undefined && now >= deadline && !hasReached(container, 'CREATED')) {
      return `dependency graph: ${between} has timed out.`
    }
    const verdict = isStopped(dependency) ? verdictOnStopped(condition, dependency) : undefined
    if (verdict !== undefined) return `dependency graph: failed to resolve ${between} ${verdict}`
  }
  return undefined
}

const verdictOnStopped = (condition: Dependency['condition'], dependency: EngineContainer): string => {
  if (condition === 'SUCCESS') return 'as dependency did not exit successfully.'
  if (dependency.startedAt === undefined) return 'because dependency will never start'
  return condition === 'HEALTHY'
    ? 'because dependency stopped before it was healthy'
    : 'because dependency stopped without an exit code'
}

/** As the ECS agent prints a container. */
const described = (container: EngineContainer): string => {
  const { definition, knownStatus, desiredStatus, exitCode } = container
  const exit = exitCode === undefined ? '' : ` - Exit: ${exitCode}`
  return `${definition.name}(${definition.image}) (${knownStatus}->${desiredStatus})${exit}`
}

/** When the dependency's `startTimeout` is over. It runs from its start and bounds what others wait for it to become. */
const deadlineOf = (condition: Dependency['condition'], dependency: EngineContainer): number | undefined => {
  const { startTimeout } = dependency.definition
  if (condition === 'START' || condition === 'CREATE' || isStopped(dependency)) return undefined
  if (!startTimeout || dependency.startedAt === undefined) return undefined
  return dependency.startedAt + startTimeout * 1000
}

/** The next moment at which a dependency of this container runs out of time. */
export const nextDeadline = (task: EngineTask, container: EngineContainer): number | undefined => {
  if (hasReached(container, 'CREATED')) return undefined
  const deadlines = dependenciesOf(container).flatMap(({ containerName, condition }) => {
    const dependency = findContainer(task, containerName)
    return dependency === undefined || holds(condition, dependency) ? [] : (deadlineOf(condition, dependency) ?? [])
  })
  return deadlines.length === 0 ? undefined : Math.min(...deadlines)
}

/** Down in reverse order: a container may stop when everything that depends on it has. */
export const mayStop = (task: EngineTask, container: EngineContainer): boolean =>
  task.containers.every(
    (other) =>
      isStopped(other) ||
      dependenciesOf(other).every((dependency) => dependency.containerName !== container.definition.name),
  )
