/** Load balancing in a run: a pair of target groups with a rule for each service behind it, and what balancers said of targets lately. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import { targetKey, type TargetRecord } from '../../src/model/load-balancing/records.ts'
import type { TargetHealthBook } from '../../src/store/load-balancing/target-health-book.ts'
import type { Transaction } from '../../src/store/tables.ts'
import { aGroupOfInstances } from '../balanced-services.ts'
import { aListener, aLoadBalancer, aRule } from '../builders/a-load-balancer.ts'

/** More than a run has services. */
const PAIRS = 40

/** The port of `app` in the definitions that have one. */
const BALANCED_PORT = 80

const blueOf = (pair: number) => aGroupOfInstances(`blue-${pair}`)
const greenOf = (pair: number) => aGroupOfInstances(`green-${pair}`)
const ruleOf = (pair: number) =>
  aRule({
    priority: pair,
    actions: [{ Type: 'forward', TargetGroupArn: blueOf(pair).targetGroupArn, Order: 1 }],
  })

export const insertPairs = (tx: Transaction): void => {
  tx.loadBalancers.insert(aLoadBalancer())
  tx.listeners.insert(aListener())
  for (let pair = 1; pair <= PAIRS; pair++) {
    tx.rules.insert(ruleOf(pair))
    for (const group of [blueOf(pair), greenOf(pair)]) tx.targetGroups.insert(group)
  }
}

/** What a service says that has the pair of that number. */
export const behindPair = (number: number): Pick<CreateServiceRequest, 'loadBalancers'> => {
  const pair = 1 + (number % PAIRS)
  return {
    loadBalancers: [
      {
        targetGroupArn: blueOf(pair).targetGroupArn,
        containerName: 'app',
        containerPort: BALANCED_PORT,
        advancedConfiguration: {
          alternateTargetGroupArn: greenOf(pair).targetGroupArn,
          productionListenerRule: ruleOf(pair).ruleArn,
          roleArn: 'arn:aws:iam::000000000000:role/infrastructure',
        },
      },
    ],
  }
}

/** What was decided a moment ago was decided by what was known then. */
const LATELY_MS = 60_000

interface Health {
  readonly isHealthy: boolean
  /** Since when it is so. */
  readonly at: number
}

/** Over all lives of the control plane. */
export class HealthOfTargets {
  readonly #health = new Map<string, Health>()
  /** Until when balancers said that it is unhealthy. */
  readonly #unhealthyUntil = new Map<string, number>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  listen(book: TargetHealthBook): void {
    // Nothing is known at the beginning.
    for (const name of this.#health.keys()) this.#note(name, undefined)
    book.listen((reports) => {
      for (const { targetGroupArn, target } of reports)
        this.#note(`${targetGroupArn}/${target}`, book.get(targetGroupArn, target)?.state)
    })
  }

  /** It is, and has been for long enough for everyone to know. */
  isHealthy(target: TargetRecord): boolean {
    const health = this.#of(target)
    return health?.isHealthy === true && this.#now() - health.at > LATELY_MS
  }

  wasHealthyLately(target: TargetRecord): boolean {
    const health = this.#of(target)
    return health !== undefined && (health.isHealthy || this.#now() - health.at <= LATELY_MS)
  }

  wasUnhealthyLately(target: TargetRecord): boolean {
    return this.#now() - (this.#unhealthyUntil.get(nameOf(target)) ?? -Infinity) <= LATELY_MS
  }

  #of(target: TargetRecord): Health | undefined {
    return this.#health.get(nameOf(target))
  }

  #note(name: string, state: string | undefined): void {
    const isHealthy = state === 'healthy'
    if (this.#health.get(name)?.isHealthy !== isHealthy) this.#health.set(name, { isHealthy, at: this.#now() })
    if (state === 'unhealthy') this.#unhealthyUntil.set(name, Infinity)
    else if (this.#unhealthyUntil.get(name) === Infinity) this.#unhealthyUntil.set(name, this.#now())
  }
}

const nameOf = (target: TargetRecord): string => `${target.targetGroupArn}/${targetKey(target)}`
