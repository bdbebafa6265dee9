/** Host ports of simulated containers: static ones can be taken, dynamic ones are handed out. */
import { RuntimeError, type PortBinding } from '../runtime.ts'

/** Linux's default for `ip_local_port_range`, which Docker picks from. */
const FIRST_DYNAMIC = 32768
const LAST_DYNAMIC = 60999

/** `PortBindings` of a host configuration: `{"80/tcp": [{"HostPort": "8080"}]}`; empty or `0` for a dynamic one, `a-b` for any of a range. */
export type WantedBindings = Readonly<
  Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[]>
>

export class SimulatedPorts {
  readonly #taken = new Set<string>()
  #next = 0

  /** Takes all, or throws as Docker does when one is taken. */
  take(wanted: WantedBindings): readonly PortBinding[] {
    const bindings: PortBinding[] = []
    try {
      for (const [port, hosts] of Object.entries(wanted))
        for (const host of hosts) bindings.push(this.#bind(port, host))
    } catch (error) {
      this.release(bindings)
      throw error
    }
    return bindings
  }

  release(bindings: readonly PortBinding[]): void {
    for (const { hostPort, protocol } of bindings) this.#taken.delete(`${hostPort}/${protocol}`)
  }

  #bind(port: string, { HostIp = '', HostPort = '' }: { HostIp?: string; HostPort?: string }): PortBinding {
    const [containerPort = '0', name = 'tcp'] = port.split('/')
    const protocol = name === 'udp' ? 'udp' : 'tcp'
    const [first = 0, last = first] = HostPort.split('-').map(Number)
    const hostPort = first === 0 ? this.#free(FIRST_DYNAMIC, LAST_DYNAMIC, protocol) : this.#free(first, last, protocol)
    this.#taken.add(`${hostPort}/${protocol}`)
    return { containerPort: Number(containerPort), protocol, hostIp: HostIp === '' ? '0.0.0.0' : HostIp, hostPort }
  }

  /** Goes round the range, so that a port that was given back is not handed out again at once. */
  #free(first: number, last: number, protocol: string): number {
    const size = last - first + 1
    for (let step = 0; step < size; step++) {
      const port = first + ((this.#next + step) % size)
      if (this.#taken.has(`${port}/${protocol}`)) continue
      if (size > 1) this.#next += step + 1
      return port
    }
    throw new RuntimeError(
      'refused',
      `driver failed programming external connectivity: Bind for 0.0.0.0:${first} failed: port is already allocated`,
    )
  }
}
