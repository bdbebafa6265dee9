/**
 * The health of targets: what HAProxy's checks said, in AWS's states and reasons.
 *
 * AWS: a target that was registered is `initial` until it passes one check, or fails as many as make it unhealthy; one that was unhealthy has
 * to pass HealthyThresholdCount checks. HAProxy counts the latter; the first it is told by `admit`.
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { TargetHealthReport } from '../../model/load-balancing/messages.ts'
import type { HealthCheck } from '../../model/load-balancing/records.ts'
import type { RoutingTable, TargetGroupRoute, TargetRoute } from '../../model/load-balancing/routing.ts'
import { FIRST_CHECK_PREFIX, hasCheck } from '../haproxy/worker.ts'
import type { RenderedBackend } from '../configuration/settings.ts'
import type { ServerStatistics } from '../runtime-client.ts'
import { type CheckResult, failureReason, type HealthReason } from './check-line.ts'

export interface TargetHealthOptions {
  readonly clock: Clock
  readonly onReports: (reports: readonly TargetHealthReport[]) => void
  /** A server, as `<backend>/<name>`, is to get requests from now on, or not, whatever a worker thinks of it. */
  readonly onHealth: (server: string, health: 'up' | 'down', cause: 'first check' | 'check') => void
  /** Its first check was made. */
  readonly onFirstCheck: (server: string) => void
}

type Phase = 'initial' | 'healthy' | 'unhealthy'

interface Target {
  readonly targetGroupArn: string
  readonly key: string
  /** Of the registration that is meant. */
  registeredAt: number | undefined
  healthCheck: HealthCheck
  /** The server with checks; absent while the target gets no requests here. */
  server: string | undefined
  /** Why it has none. */
  unused: HealthReason | undefined
  /** HAProxy knows of its checks alone, and not of what is under way with it. */
  hasDatagrams: boolean
  isDraining: boolean
  isDrained: boolean
  phase: Phase
  failure: HealthReason | undefined
  /** When `phase` changed last, see `turn`. */
  turn: number
  /** From the first failure of an `initial` one to the one that makes it unhealthy. */
  patience: Timer | undefined
  reported: string
}

const NOT_IN_USE: HealthReason = {
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
}
const OTHER_ZONE: HealthReason = {
  reason: 'Target.NotInUse',
  description: 'Target is in an Availability Zone that is not enabled for the load balancer',
}
const NO_ADDRESS: HealthReason = { reason: 'Target.InvalidState', description: 'Target is in the stopped state' }

export class TargetHealth {
  readonly #options: TargetHealthOptions
  readonly #targets = new Map<string, Target>()
  readonly #byServer = new Map<string, Target>()
  /** Names of targets, by target group. */
  readonly #names = new Map<string, ReadonlySet<string>>()
  #turn = 0

  constructor(options: TargetHealthOptions) {
    this.#options = options
  }

  /** Rises with every change: says as of when something was asked. */
  get turn(): number {
    return this.#turn
  }

  /** What there is from now on. */
  declare(table: RoutingTable, backends: ReadonlyMap<string, RenderedBackend>): void {
    for (const [arn, names] of this.#names)
      if (!table.targetGroups.has(arn)) {
        this.#names.delete(arn)
        for (const name of names) this.#forget(name)
      }
    this.declareGroups([...table.targetGroups.values()], backends)
  }

  /** What there is of these groups; of all others, it is as before. */
  declareGroups(groups: readonly TargetGroupRoute[], backends: ReadonlyMap<string, RenderedBackend>): void {
    const arns = new Set(groups.map(({ targetGroupArn }) => targetGroupArn))
    const servers = serversOfTargets(
      Array.from(backends.values()).filter((backend) => arns.has(backend.targetGroupArn)),
    )
    const declared: Target[] = []
    for (const group of groups) {
      const arn = group.targetGroupArn
      const names = new Set(group.targets.map(({ key }) => targetName(arn, key)))
      for (const name of this.#names.get(arn) ?? []) if (!names.has(name)) this.#forget(name)
      this.#names.set(arn, names)
      for (const target of group.targets)
        declared.push(this.#declareTarget(targetName(arn, target.key), group, target, servers))
    }
    this.#report(declared)
  }

  #targetsOf({ targetGroupArn }: TargetGroupRoute): Target[] {
    return Array.from(this.#names.get(targetGroupArn) ?? []).flatMap((name) => this.#targets.get(name) ?? [])
  }

  #forget(name: string): void {
    const target = this.#targets.get(name)
    if (target === undefined) return
    target.patience?.cancel()
    this.#targets.delete(name)
    if (target.server !== undefined) this.#byServer.delete(target.server)
  }

  /** One line of HAProxy's log. */
  onCheck(result: CheckResult): void {
    const isFirst = result.server.startsWith(FIRST_CHECK_PREFIX)
    const server = `${result.backend}/${isFirst ? result.server.slice(FIRST_CHECK_PREFIX.length) : result.server}`
    if (isFirst) this.#options.onFirstCheck(server)
    const target = this.#byServer.get(server)
    if (target === undefined || target.isDraining) return
    if (result.isPassed) this.#passed(target, server, !isFirst && result.isUp)
    else this.#failed(target, server, failureReason(result.reason, result.code), isFirst || result.isUp)
    this.#report([target])
  }

  /** What the current worker says: makes good for lines that are missing. `asOf` is the turn at which it was asked. */
  onStatistics(statistics: readonly ServerStatistics[], asOf: number): void {
    this.#report(statistics.flatMap((each) => this.#onStatistic(each, asOf) ?? []))
  }

  /** Gives the target that it is about, if it says something. */
  #onStatistic(
    { backend, server: name, status, checkStatus, checkCode }: ServerStatistics,
    asOf: number,
  ): Target | undefined {
    const isFirst = name.startsWith(FIRST_CHECK_PREFIX)
    const server = `${backend}/${isFirst ? name.slice(FIRST_CHECK_PREFIX.length) : name}`
    const target = this.#byServer.get(server)
    // What was asked before the last change may have been answered before the worker was told of it.
    if (target === undefined || target.isDraining || target.turn > asOf) return undefined
    if (checkStatus === '' || checkStatus === 'INI') return undefined
    if (isFirst) this.#options.onFirstCheck(server)
    const isUp = status.startsWith('UP')
    if (isPassing(checkStatus) && (isUp || target.phase !== 'healthy')) this.#passed(target, server, !isFirst && isUp)
    else if (!isPassing(checkStatus) || !isFirst)
      this.#failed(target, server, failureReason(checkStatus, checkCode), isFirst || isUp)
    return target
  }

  /**
   * What a worker from before this process began says. A server that is down may never have been up: what is not known yet has the time that
   * every target has at its beginning.
   */
  onAdoption(statistics: readonly ServerStatistics[]): void {
    const known: Target[] = []
    for (const { backend, server, status, checkStatus, checkCode } of statistics) {
      const target = this.#byServer.get(`${backend}/${server}`)
      if (target === undefined) continue
      known.push(target)
      if (status.startsWith('UP')) target.phase = 'healthy'
      else if (checkStatus !== 'INI' && status.startsWith('DOWN') && target.phase === 'initial')
        this.#failedInitially(target, failureReason(checkStatus, checkCode))
    }
    this.#report(known)
  }

  /** Servers that were found to be otherwise since that turn. */
  changedSince(turn: number): (readonly [server: string, health: 'up' | 'down'])[] {
    return [...this.#byServer]
      .filter(([, target]) => target.turn > turn && target.phase !== 'initial' && !target.isDraining)
      .map(([server, { phase }]) => [server, phase === 'healthy' ? 'up' : 'down'])
  }

  isHealthy(server: string): boolean {
    return this.#byServer.get(server)?.phase === 'healthy'
  }

  /** Whether a target is to get what does not go through HAProxy. */
  isServed(targetGroupArn: string, key: string): boolean {
    const target = this.#targets.get(targetName(targetGroupArn, key))
    return target !== undefined && (target.phase === 'healthy' || !target.healthCheck.isEnabled)
  }

  /** Servers that wait for their first check; of these groups, or of all. */
  initial(groups?: readonly TargetGroupRoute[]): string[] {
    const targets = groups === undefined ? this.#byServer.values() : groups.flatMap((group) => this.#targetsOf(group))
    const servers: string[] = []
    for (const target of targets) if (target.server !== undefined && isWaiting(target)) servers.push(target.server)
    return servers
  }

  /** How many of these servers would wait for their first check if a worker began with them now. */
  countInitial(backends: Iterable<RenderedBackend>): number {
    let count = 0
    for (const { name, isChecked, servers } of backends) {
      if (!isChecked) continue
      for (const server of servers) {
        const target = this.#byServer.get(`${name}/${server.name}`)
        if (target === undefined ? !server.isDraining && hasCheck(server.parameters) : isWaiting(target)) count++
      }
    }
    return count
  }

  /** Targets that drain, have something under way yet, and whose end shows; those that get datagrams have all of their time. */
  draining(): { readonly targetGroupArn: string; readonly target: string }[] {
    return [...this.#targets.values()]
      .filter(({ isDraining, isDrained, hasDatagrams }) => isDraining && !isDrained && !hasDatagrams)
      .map(({ targetGroupArn, key }) => ({ targetGroupArn, target: key }))
  }

  onDrained(targetGroupArn: string, key: string): void {
    const target = this.#targets.get(targetName(targetGroupArn, key))
    if (target === undefined || !target.isDraining) return
    target.isDrained = true
    this.#report([target])
  }

  /** Of every target. */
  reports(): TargetHealthReport[] {
    return [...this.#targets.values()].map(reportOf)
  }

  #declareTarget(
    name: string,
    group: TargetGroupRoute,
    route: TargetRoute,
    servers: ReadonlyMap<string, string>,
  ): Target {
    const known = this.#targets.get(name)
    const target = known ?? freshTarget(group.targetGroupArn, route, group.healthCheck)
    this.#targets.set(name, target)
    // AWS: a target that is registered again begins anew, and so does one that comes into use.
    const server = servers.get(name)
    const isRegisteredAnew = target.registeredAt !== route.registeredAt || (target.isDraining && !route.isDraining)
    if (isRegisteredAnew || (known !== undefined && target.server !== server)) this.#begin(target)
    if (isRegisteredAnew) target.isDrained = false
    target.registeredAt = route.registeredAt
    if (!route.isDraining) target.isDrained = false
    target.healthCheck = group.healthCheck
    target.hasDatagrams = group.protocol === 'UDP' || group.protocol === 'TCP_UDP'
    if (target.server !== undefined && target.server !== server) this.#byServer.delete(target.server)
    target.server = server
    target.isDraining = route.isDraining
    target.unused = server !== undefined ? undefined : unusedReason(route, group, servers)
    if (server === undefined && route.isDraining) target.isDrained = true
    if (server !== undefined) this.#byServer.set(server, target)
    return target
  }

  #begin(target: Target): void {
    target.patience?.cancel()
    Object.assign(target, { phase: 'initial', failure: undefined, patience: undefined, turn: ++this.#turn })
  }

  #passed(target: Target, server: string, isUp: boolean): void {
    if (target.phase === 'healthy') return
    if (target.phase === 'unhealthy' && !isUp) return
    const isFirst = target.phase === 'initial'
    this.#begin(target)
    target.phase = 'healthy'
    this.#options.onHealth(server, 'up', isFirst ? 'first check' : 'check')
  }

  #failed(target: Target, server: string, failure: HealthReason, isUp: boolean): void {
    if (target.phase === 'initial') this.#failedInitially(target, failure)
    else if (target.phase === 'unhealthy') target.failure = failure
    else if (!isUp) {
      this.#setUnhealthy(target, failure)
      this.#options.onHealth(server, 'down', 'check')
    }
  }

  /** HAProxy does not log the same failure again: the last one is a matter of time. */
  #failedInitially(target: Target, failure: HealthReason): void {
    target.failure = failure
    const { intervalSeconds, timeoutSeconds, unhealthyThreshold } = target.healthCheck
    // The last of these checks may take its whole time to pass.
    const patienceSeconds = intervalSeconds * (unhealthyThreshold - 1) + timeoutSeconds
    target.patience ??= this.#options.clock.setTimer(patienceSeconds * 1000, () => {
      this.#setUnhealthy(target, target.failure ?? failure)
      this.#report([target])
    })
  }

  #setUnhealthy(target: Target, failure: HealthReason): void {
    target.patience?.cancel()
    Object.assign(target, { phase: 'unhealthy', failure, patience: undefined, turn: ++this.#turn })
  }

  #report(targets: Iterable<Target>): void {
    const news: TargetHealthReport[] = []
    for (const target of targets) {
      const report = reportOf(target)
      const text = JSON.stringify(report)
      if (text === target.reported) continue
      target.reported = text
      news.push(report)
    }
    if (news.length > 0) this.#options.onReports(news)
  }
}

const isWaiting = ({ phase, isDraining, healthCheck }: Target): boolean =>
  phase === 'initial' && !isDraining && healthCheck.isEnabled

/** Of codes as in `L7OK`; `L7OKC` is a success with a condition. */
const isPassing = (checkStatus: string): boolean => /^L\dOKC?$/.test(checkStatus)

const targetName = (targetGroupArn: string, key: string): string => `${targetGroupArn}/${key}`

const freshTarget = (targetGroupArn: string, { key, registeredAt }: TargetRoute, healthCheck: HealthCheck): Target => ({
  targetGroupArn,
  key,
  registeredAt,
  healthCheck,
  server: undefined,
  unused: undefined,
  hasDatagrams: false,
  isDraining: false,
  isDrained: false,
  phase: 'initial',
  failure: undefined,
  turn: 0,
  patience: undefined,
  reported: '',
})

/** By target, and by target group for those that have any. */
const serversOfTargets = (backends: readonly RenderedBackend[]): ReadonlyMap<string, string> => {
  const servers = new Map<string, string>()
  for (const { name, targetGroupArn, isChecked, servers: rendered } of backends) {
    if (!isChecked) continue
    servers.set(targetGroupArn, name)
    for (const server of rendered) servers.set(targetName(targetGroupArn, server.target), `${name}/${server.name}`)
  }
  return servers
}

const unusedReason = (
  route: TargetRoute,
  group: TargetGroupRoute,
  servers: ReadonlyMap<string, string>,
): HealthReason => {
  if (!servers.has(group.targetGroupArn)) return NOT_IN_USE
  return route.address === undefined ? NO_ADDRESS : OTHER_ZONE
}

const reportOf = (target: Target): TargetHealthReport => ({
  targetGroupArn: target.targetGroupArn,
  target: target.key,
  ...(target.registeredAt !== undefined && { registeredAt: target.registeredAt }),
  ...stateOf(target),
  ...(target.isDraining && { isDrained: target.isDrained }),
})

const stateOf = (target: Target): Pick<TargetHealthReport, 'state' | 'reason' | 'description'> => {
  if (target.isDraining)
    return {
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
      description: 'Target deregistration is in progress',
    }
  if (target.unused !== undefined) return { state: 'unused', ...target.unused }
  if (!target.healthCheck.isEnabled)
    return {
      state: 'unavailable',
      reason: 'Target.HealthCheckDisabled',
      description: 'Health checks are disabled',
    }
  if (target.phase === 'initial')
    return { state: 'initial', reason: 'Elb.InitialHealthChecking', description: 'Initial health checks in progress' }
  return target.phase === 'healthy' ? { state: 'healthy' } : { state: 'unhealthy', ...target.failure }
}
