/**
 * A balancer that behaves, without a proxy: it takes the routing table over the real protocol, in memory, checks targets as a test says they
 * answer, and lets draining ones come to rest. Its state is what a real one's would be: after `kill`, `restart` begins with nothing.
 */
import { BalancerClient, type Told } from '../../src/agentlink/balancer-client.ts'
import { EMPTY_TABLE } from '../../src/agentlink/received-table.ts'
import type { Signer } from '../../src/agentlink/signer.ts'
import type { MessageSocket, SocketListener } from '../../src/agentlink/socket.ts'
import type { Clock, Timer } from '../../src/kit/clock.ts'
import type { Ids } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import type { BalancerMessage, TargetHealthReport } from '../../src/model/load-balancing/messages.ts'
import type { RoutingTable, TargetGroupRoute, TargetRoute } from '../../src/model/load-balancing/routing.ts'
import { AgentWire } from './agent-wire.ts'

/** How the world is that the balancer looks at. Each may be changed at any time. */
export interface FakeSurroundings {
  /** Whether a target answers its health checks. */
  answers: (target: TargetRoute, group: TargetGroupRoute) => boolean
  /** How long a target is checked before it is healthy for the first time. */
  healthyAfterMs: number
  /** How long what is under way with a draining target goes on. */
  drainsAfterMs: number
  /** Why a load balancer cannot be served, if so. */
  problemOf: (loadBalancerArn: string) => string | undefined
  /** Whether it makes a table true that it was told. */
  applies: (table: RoutingTable) => boolean
}

export interface FakeBalancerOptions extends Partial<FakeSurroundings> {
  readonly clock: Clock
  readonly ids: Ids
  readonly balancerId?: string
  /** Lets the websocket in, e.g. `controllers.loadBalancing.connect`; false if nobody is there. */
  readonly connect: (open: (listener: SocketListener) => MessageSocket) => boolean
}

/** How often targets are checked. */
const CHECK_EVERY_MS = 1000

const signNothing: Signer = ({ headers }) => headers

export class FakeBalancer {
  readonly surroundings: FakeSurroundings
  readonly wire: AgentWire
  readonly balancerId: string
  readonly #options: FakeBalancerOptions
  #client: BalancerClient
  #timer: Timer | undefined
  /** What it was told last and has yet to make true. */
  #told: Told | undefined
  #table = EMPTY_TABLE
  /** By target group and key: since when it is checked, or drains. */
  readonly #checkedSince = new Map<string, number>()
  readonly #drainsSince = new Map<string, number>()
  /** What was said last of each target, as text. */
  readonly #said = new Map<string, string>()
  readonly #problems = new Map<string, string>()

  constructor(options: FakeBalancerOptions) {
    this.#options = options
    const { clock, answers = () => true, healthyAfterMs = 0, drainsAfterMs = 0 } = options
    const { problemOf = () => undefined, applies = () => true } = options
    this.surroundings = { answers, healthyAfterMs, drainsAfterMs, problemOf, applies }
    this.balancerId = options.balancerId ?? options.ids.uuid()
    this.wire = new AgentWire(clock, {
      call: () => Promise.reject(new Error('a balancer makes no calls')),
      connect: (_url, open) =>
        options.connect(open) ? undefined : { exception: 'ServerException', message: 'nobody is there' },
    })
    this.#client = this.#begin()
  }

  get isConnected(): boolean {
    return this.#client.isConnected
  }

  /** What it serves. */
  get table(): RoutingTable {
    return this.#table
  }

  /** Whatever a test has it say. */
  say(message: BalancerMessage): void {
    this.#client.send(message)
  }

  /** kill -9. */
  kill(): void {
    this.#timer?.cancel()
    this.#client.stop()
    this.wire.dropConnections()
  }

  restart(): void {
    this.kill()
    this.#table = EMPTY_TABLE
    this.#told = undefined
    for (const known of [this.#checkedSince, this.#drainsSince, this.#said, this.#problems]) known.clear()
    this.#client = this.#begin()
  }

  #begin(): BalancerClient {
    const { clock, ids } = this.#options
    const client = new BalancerClient({
      clock,
      ids,
      log: silentLog,
      openSocket: this.wire.openSocket,
      sign: signNothing,
      endpoint: 'http://longshore.test:4566',
      balancerId: this.balancerId,
      version: '0',
      onTable: (told) => {
        if (told.isFirst) for (const said of [this.#said, this.#problems]) said.clear()
        this.#told = told
        this.#apply()
      },
    })
    client.start()
    this.#checkLater()
    return client
  }

  #checkLater(): void {
    this.#timer = this.#options.clock.setTimer(CHECK_EVERY_MS, () => {
      this.#apply()
      this.#report()
      this.#checkLater()
    })
  }

  #apply(): void {
    if (this.#told === undefined || !this.surroundings.applies(this.#told.table)) return
    const { table, revision } = this.#told
    this.#told = undefined
    this.#table = table
    for (const loadBalancerArn of table.loadBalancers.keys()) this.#reportProblem(loadBalancerArn)
    this.#client.send({ type: 'applied', revision })
    this.#report()
  }

  #reportProblem(loadBalancerArn: string): void {
    const problem = this.surroundings.problemOf(loadBalancerArn)
    if (problem === this.#problems.get(loadBalancerArn)) return
    if (problem === undefined) this.#problems.delete(loadBalancerArn)
    else this.#problems.set(loadBalancerArn, problem)
    this.#client.send({ type: 'loadBalancer', loadBalancerArn, ...(problem !== undefined && { problem }) })
  }

  /** Says of each target what has changed. */
  #report(): void {
    for (const loadBalancerArn of this.#table.loadBalancers.keys()) this.#reportProblem(loadBalancerArn)
    const reports = [...this.#table.targetGroups.values()].flatMap((group) =>
      group.targets.map((target) => this.#look(group, target)),
    )
    const news = reports.filter((report) => this.#said.get(nameOf(report)) !== JSON.stringify(report))
    if (news.length === 0 || !this.#client.send({ type: 'targetHealth', reports: news } satisfies BalancerMessage))
      return
    for (const report of news) this.#said.set(nameOf(report), JSON.stringify(report))
  }

  #look(group: TargetGroupRoute, target: TargetRoute): TargetHealthReport {
    const { registeredAt } = target
    const report = {
      targetGroupArn: group.targetGroupArn,
      target: target.key,
      ...(registeredAt !== undefined && { registeredAt }),
    }
    const name = nameOf(report)
    const now = this.#options.clock.now()
    if (target.isDraining) {
      this.#checkedSince.delete(name)
      const isDrained = now - since(this.#drainsSince, name, now) >= this.surroundings.drainsAfterMs
      return { ...report, state: 'draining', reason: 'Target.DeregistrationInProgress', isDrained }
    }
    this.#drainsSince.delete(name)
    const checkedForMs = now - since(this.#checkedSince, name, now)
    if (checkedForMs < this.surroundings.healthyAfterMs)
      return { ...report, state: 'initial', reason: 'Elb.InitialHealthChecking' }
    return this.surroundings.answers(target, group)
      ? { ...report, state: 'healthy' }
      : { ...report, state: 'unhealthy', reason: 'Target.FailedHealthChecks' }
  }
}

/** Of one that is registered again, another. */
const nameOf = (report: Pick<TargetHealthReport, 'targetGroupArn' | 'target' | 'registeredAt'>): string =>
  `${report.targetGroupArn}/${report.target}/${report.registeredAt}`

/** When it began, which is now if it had not. */
const since = (times: Map<string, number>, name: string, now: number): number => {
  const begun = times.get(name) ?? now
  times.set(name, begun)
  return begun
}
