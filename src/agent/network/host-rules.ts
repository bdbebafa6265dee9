/**
 * What makes the task metadata server reachable at 169.254.170.2, and nothing else of the loopback interface: firewall rules and a switch
 * of the kernel, all in this process's network namespace, as the ECS agent's init service sets them. They are put back when they are lost
 * (firewalls that are reloaded drop what they do not know) and taken away at the end.
 */
import { FirewallError, type FirewallRule, Iptables } from '../../kit/network/iptables.ts'
import type { KernelSetting } from './kernel-setting.ts'
import type { RunProgram } from '../../kit/network/run-program.ts'

/** Of an engine that was not told otherwise. */
export const DOCKER_BRIDGE = 'docker0'

export interface HostRulesOptions {
  /** Of the task metadata server, on the loopback interface. */
  readonly port: number
  /** Of the introspection API, where only this host and the containers on Docker's own bridge are to reach it. */
  readonly introspectionPort?: number
  /** Leaves out the rule that keeps others from the loopback interface: someone else's firewall does that. */
  readonly skipLocalhostFilter: boolean
  readonly run: RunProgram
  readonly routeLocalnet: KernelSetting
}

/** AWS: the address of the task metadata endpoint in every container. */
const ENDPOINT = '169.254.170.2'
const ENDPOINT_PORT = '80'
const TO_ENDPOINT = ['-d', `${ENDPOINT}/32`, '-p', 'tcp', '-m', 'tcp', '--dport', ENDPOINT_PORT]

export class HostRules {
  readonly #options: HostRulesOptions
  readonly #guards: readonly FirewallRule[]
  readonly #introspectionGuards: readonly FirewallRule[]
  readonly #redirects: readonly FirewallRule[]
  #iptables: Iptables | undefined
  /** Undefined before the first time; then whether the kernel's switch is this agent's to turn back. */
  #hasOpened: boolean | undefined

  constructor(options: HostRulesOptions) {
    this.#options = options
    this.#guards = guards(options)
    const { introspectionPort } = options
    this.#introspectionGuards = introspectionPort === undefined ? [] : [introspectionGuard(introspectionPort)]
    this.#redirects = redirects(options)
  }

  /**
   * Puts everything in its place, and resolves with whether anything was missing. Rejects with `FirewallError` if this host cannot have it,
   * or if the address is somebody else's already.
   */
  async install(): Promise<boolean> {
    this.#iptables ??= await Iptables.open(this.#options.run)
    await this.#checkUnclaimed(this.#iptables)
    const unguarded = await ensureAll(this.#iptables, this.#guards)
    const wasClosed = this.#open(unguarded)
    const missing = await ensureAll(this.#iptables, [...this.#introspectionGuards, ...this.#redirects])
    return wasClosed || unguarded > 0 || missing > 0
  }

  /** Takes away what `install` puts there, in the opposite order. */
  async remove(): Promise<void> {
    if (this.#iptables === undefined) return
    for (const rule of [...this.#introspectionGuards, ...this.#redirects]) await this.#iptables.remove(rule)
    if (this.#hasOpened === true) this.#options.routeLocalnet.set(false)
    for (const rule of this.#guards) await this.#iptables.remove(rule)
  }

  /**
   * Lets packets on to the loopback interface; true if that was not so already. If it was, and the guards stood there too, an agent before
   * this one was killed: its switch is this one's to turn back.
   */
  #open(unguarded: number): boolean {
    const { routeLocalnet } = this.#options
    try {
      const wasClosed = !routeLocalnet.isOn()
      this.#hasOpened ??= wasClosed || unguarded === 0
      if (wasClosed) routeLocalnet.set(true)
      return wasClosed
    } catch (error) {
      throw new FirewallError(`net.ipv4.conf.all.route_localnet cannot be set: ${(error as Error).message}`)
    }
  }

  /** Two agents on one host would answer for each other's containers. */
  async #checkUnclaimed(iptables: Iptables): Promise<void> {
    for (const { table, chain, specification } of this.#redirects) {
      const own = specification.at(-1) ?? ''
      const listed = await iptables.list({ table, chain })
      const other = listed.find((rule) => rule.includes(` -d ${ENDPOINT}/32 `) && !rule.split(' ').includes(own))
      if (other === undefined) continue
      throw new FirewallError(`the firewall leads ${ENDPOINT} elsewhere already ("${other}"): is another agent here?`)
    }
  }
}

/** Resolves with how many were missing. */
const ensureAll = async (iptables: Iptables, rules: readonly FirewallRule[]): Promise<number> => {
  let missing = 0
  for (const rule of rules) if (await iptables.ensure(rule)) missing++
  return missing
}

/**
 * Of what comes from outside, only connections to the endpoint reach the loopback interface, and those also where the host's firewall lets
 * nothing in by itself.
 */
const guards = ({ port, skipLocalhostFilter }: HostRulesOptions): FirewallRule[] => {
  const toEndpoint = ['-p', 'tcp', '-m', 'tcp', '--dport', String(port), '-m', 'conntrack', '--ctstate', 'DNAT']
  const accept = ['-d', '127.0.0.1/32', ...toEndpoint, '--ctorigdst', `${ENDPOINT}/32`, '-j', 'ACCEPT']
  const others = ['!', '-i', 'lo', '-d', '127.0.0.0/8', '-m', 'conntrack', '!', '--ctstate', 'RELATED,ESTABLISHED,DNAT']
  return [
    { table: 'filter', chain: 'INPUT', specification: accept },
    ...(skipLocalhostFilter
      ? []
      : [{ table: 'filter', chain: 'INPUT', specification: [...others, '-j', 'DROP'] } as const]),
  ]
}

const FROM_ELSEWHERE = ['!', '-d', '127.0.0.0/8', '!', '-i', DOCKER_BRIDGE]

/**
 * From elsewhere, and from the host itself by another address than the loopback interface's, nothing gets there. One rule says it all, since
 * of two that contradict each other the order would count.
 */
const introspectionGuard = (port: number): FirewallRule => ({
  table: 'filter',
  chain: 'INPUT',
  specification: [...FROM_ELSEWHERE, '-p', 'tcp', '-m', 'tcp', '--dport', String(port), '-j', 'DROP'],
})

/** What comes from containers on bridges, and what starts on the host itself. The last parameter is where it goes. */
const redirects = ({ port }: HostRulesOptions): FirewallRule[] => {
  const fromBridges = [...TO_ENDPOINT, '-j', 'DNAT', '--to-destination', `127.0.0.1:${port}`]
  const fromHost = [...TO_ENDPOINT, '-j', 'REDIRECT', '--to-ports', String(port)]
  return [
    { table: 'nat', chain: 'PREROUTING', specification: fromBridges },
    { table: 'nat', chain: 'OUTPUT', specification: fromHost },
  ]
}
