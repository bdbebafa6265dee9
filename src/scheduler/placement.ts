/**
 * Places the tasks of one request, one after another. Each is held on its instance while the next ones are placed and all are
 * given back at the end: the index changes for good only when the caller's transaction inserts the tasks.
 */
import type { Ids } from '../kit/ids.ts'
import { PLACEMENT_FAILURES } from '../model/limits.ts'
import { activeFilter } from './constraints/active.ts'
import { capacityProviderFilter } from './constraints/capacity-provider.ts'
import { placementFilters } from './constraints/constraints.ts'
import type { PlacementFilter, PlacementTerms } from './constraints/filter.ts'
import type { ClusterCapacity, Share } from './index/cluster-capacity.ts'
import type { InstanceState } from './index/instance-state.ts'
import type { CompiledExpressions } from './query-language.ts'
import { bestOf } from './strategies/best-of.ts'
import { Search } from './strategies/search.ts'
import { spreadAttributes, stepsOf } from './strategies/strategies.ts'
import type { Placement, PlacementFailure, PlacementRequest, PlacementResult } from './types.ts'

const candidateFilters = [activeFilter, capacityProviderFilter]

/** The failure of a task for which there is nothing to look at. */
export const noInstances = ({ capacityProviderName }: PlacementRequest): PlacementFailure => ({
  reason: capacityProviderName === undefined ? NO_CONTAINER_INSTANCES : capacityProviderFilter.reason,
})

/** AWS: RunTask answers InvalidParameterException with this text. */
const NO_CONTAINER_INSTANCES = 'No Container Instances were found in your cluster.'

export class PlacementRun {
  readonly #cluster: ClusterCapacity
  readonly #request: PlacementRequest
  readonly #terms: PlacementTerms
  readonly #memberOf: readonly string[]
  readonly #ids: Ids
  readonly #held: { readonly instance: InstanceState; readonly share: Share }[] = []

  /** Throws `ExpressionError` if a `memberOf` constraint cannot be read. */
  constructor(cluster: ClusterCapacity, request: PlacementRequest, expressions: CompiledExpressions, ids: Ids) {
    this.#cluster = cluster
    this.#request = request
    this.#ids = ids
    this.#memberOf = request.constraints.flatMap((constraint) =>
      constraint.type === 'memberOf' ? [constraint.expression] : [],
    )
    this.#terms = {
      capacityProviderName: request.capacityProviderName,
      requiredAttributes: request.requiredAttributes,
      expressions: this.#memberOf.map((text) => expressions.get(text)),
      group: cluster.group(request.group),
      reservation: request.reservation,
      distinctInstance: request.constraints.some(({ type }) => type === 'distinctInstance'),
    }
  }

  /** As many as fit, wherever the strategies want them. */
  anywhere(): PlacementResult {
    return this.#undoing(() => {
      const placements: Placement[] = []
      while (placements.length < this.#request.count) {
        const instance = this.#choose()
        if (instance === undefined) return { placements, failures: this.#explain() }
        placements.push(this.#hold(instance))
      }
      return { placements, failures: [] }
    })
  }

  /** One task on each of the named instances. `find` gives an instance of this cluster. */
  on(
    containerInstanceIds: readonly string[],
    find: (containerInstanceId: string) => InstanceState | undefined,
  ): PlacementResult {
    return this.#undoing(() => {
      const placements: Placement[] = []
      const failures: PlacementFailure[] = []
      for (const containerInstanceId of containerInstanceIds) {
        const instance = find(containerInstanceId)
        const reason = instance === undefined ? 'MISSING' : this.#failedCheck(instance)?.reason
        if (instance !== undefined && reason === undefined) placements.push(this.#hold(instance))
        else failures.push({ containerInstanceId, reason: reason! })
      }
      return { placements, failures }
    })
  }

  #choose(): InstanceState | undefined {
    const { strategies } = this.#request
    const view = this.#cluster.view({ ...this.#terms, memberOf: this.#memberOf }, spreadAttributes(strategies))
    const slot = bestOf(new Search(this.#terms, view, this.#ids), view.cells, stepsOf(strategies))
    return slot === undefined ? undefined : view.instanceAt(slot)
  }

  #hold(instance: InstanceState): Placement {
    const { reservation } = this.#request
    const gpuIds = reservation.gpuCount === 0 ? [] : instance.freeGpuIds().slice(0, reservation.gpuCount)
    const share = { group: this.#request.group, reservation, gpuIds }
    this.#cluster.hold(instance, share)
    this.#held.push({ instance, share })
    return { containerInstanceId: instance.containerInstanceId, gpuIds }
  }

  #undoing(work: () => PlacementResult): PlacementResult {
    try {
      return work()
    } finally {
      for (const { instance, share } of this.#held) this.#cluster.release(instance, share)
      this.#cluster.tidyGroup(this.#request.group)
    }
  }

  #failedCheck(instance: InstanceState): PlacementFilter | undefined {
    return placementFilters.find((filter) => filter.applies(this.#terms) && !filter.check(this.#terms, instance))
  }

  /** Why the task fits nowhere, instance by instance. Those not ACTIVE, or not of the capacity provider, are no candidates. */
  #explain(): PlacementFailure[] {
    const failures: PlacementFailure[] = []
    for (const instance of this.#cluster.instances) {
      if (instance === undefined || !candidateFilters.every((filter) => filter.check(this.#terms, instance))) continue
      const reason = this.#failedCheck(instance)?.reason
      if (reason === undefined) continue
      failures.push({ containerInstanceId: instance.containerInstanceId, reason })
      if (failures.length === PLACEMENT_FAILURES) break
    }
    return failures.length > 0 ? failures : [noInstances(this.#request)]
  }
}
