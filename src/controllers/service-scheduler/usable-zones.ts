/** In which Availability Zones a cluster has instances that can be used, as instances come, go and change. */
import type { ContainerInstanceRecord } from '../../model/records.ts'

const ZONE = 'ecs.availability-zone'

export const isUsable = ({ status, agentConnected }: ContainerInstanceRecord): boolean =>
  status === 'ACTIVE' && agentConnected

export class UsableZones {
  /** Usable instances, by cluster and zone. */
  readonly #counts = new Map<string, number>()

  /** Takes note of a change; true if a zone can be used from now on that could not before. */
  apply(before: ContainerInstanceRecord | undefined, after: ContainerInstanceRecord | undefined): boolean {
    const [left, entered] = [keyOf(before), keyOf(after)]
    if (left === entered) return false
    if (left !== undefined) this.#counts.set(left, (this.#counts.get(left) ?? 0) - 1)
    if (entered === undefined) return false
    const count = (this.#counts.get(entered) ?? 0) + 1
    this.#counts.set(entered, count)
    return count === 1
  }
}

/** Undefined for an instance that cannot be used or is in no zone. */
const keyOf = (instance: ContainerInstanceRecord | undefined): string | undefined => {
  if (instance === undefined || !isUsable(instance)) return undefined
  const zone = instance.attributes.find(({ name }) => name === ZONE)?.value
  return zone === undefined ? undefined : `${instance.clusterArn}/${zone}`
}
