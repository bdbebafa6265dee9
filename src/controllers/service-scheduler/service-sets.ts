/** Sets of services, by their cluster. */
export class ServiceSets {
  readonly #byCluster = new Map<string, Set<string>>()

  set(clusterArn: string, serviceArn: string, isMember: boolean): void {
    const services = this.#byCluster.get(clusterArn)
    if (isMember && services === undefined) this.#byCluster.set(clusterArn, new Set([serviceArn]))
    else if (isMember) services?.add(serviceArn)
    else if (services?.delete(serviceArn) && services.size === 0) this.#byCluster.delete(clusterArn)
  }

  size(clusterArn: string): number {
    return this.#byCluster.get(clusterArn)?.size ?? 0
  }

  forEach(clusterArn: string, visit: (serviceArn: string) => void): void {
    for (const serviceArn of this.#byCluster.get(clusterArn) ?? []) visit(serviceArn)
  }
}
