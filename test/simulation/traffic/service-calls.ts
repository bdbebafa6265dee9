/** What users do with services: create, scale, deploy, break, repair and delete them. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Chance } from '../chance.ts'
import { Promised, type Room, type ServiceWish } from '../ledger.ts'
import type { Site } from '../site.ts'
import { behindPair } from '../balancing.ts'
import { fargateStrategy, groupStrategy } from './capacity-calls.ts'
import { attempt } from './caller.ts'
import { BALANCED_KIND, type Definition } from './definitions.ts'
import { deploymentConfiguration } from './deployment-configurations.ts'
import type { TaskCalls } from './task-calls.ts'

/** What all services together may want, per host: there is room for twice as much. */
const TASKS_PER_HOST = 4
const SERVICES = 8
/** Tasks that a service wants at most, however many hosts there are. */
const LARGEST = 100
/** How likely a service is to be given a definition that cannot work. */
const BAD_DEPLOYMENT = 0.2

export class ServiceCalls {
  readonly #site: Site
  readonly #tasks: TaskCalls
  #created = 0
  #balanced = 0

  constructor(site: Site, tasks: TaskCalls) {
    this.#site = site
    this.#tasks = tasks
  }

  async create(): Promise<void> {
    const { chance, ledger, scenario } = this.#site
    const alive = [...ledger.services].filter(([, { last }]) => !last.isDeleted)
    if (alive.length >= SERVICES) return
    const definition = (scenario.hasBalancers && chance.is(0.6) ? this.#balanceable() : undefined) ?? this.#definition()
    const serviceName = this.#name()
    if (definition === undefined || serviceName === undefined) return
    const { hasHostPort = false, isFargate = false } = definition.kind
    const isDaemon = !hasHostPort && !isFargate && chance.is(0.15)
    const isExternal = !isDaemon && !hasHostPort && !isFargate && chance.is(scenario.weightOf('external') / 30)
    const { room, ...where } = isExternal ? { room: 'some hosts' as const } : this.#where(definition, isDaemon)
    const desiredCount = isDaemon ? 0 : this.#desiredCount(room)
    const isBalanced = scenario.hasBalancers && !isDaemon && !isExternal && hasPort(definition) && chance.is(0.8)
    const wish = { isDeleted: false, isDaemon, isExternal, desiredCount, definition, room, isBalanced }
    const promised = this.#begin(serviceName, wish)
    const outcome = await attempt(this.#site, 'CreateService', {
      serviceName,
      ...where,
      ...(isExternal
        ? { deploymentController: { type: 'EXTERNAL' } }
        : {
            taskDefinition: definition.arn,
            deploymentConfiguration: deploymentConfiguration(chance, scenario, isDaemon),
          }),
      ...(isDaemon ? { schedulingStrategy: 'DAEMON' } : { desiredCount }),
      ...healthCheckGracePeriod(chance),
      ...(isBalanced ? behindPair(this.#balanced++) : {}),
    } satisfies CreateServiceRequest)
    promised.settle(outcome.kind)
    if (promised.possible.length === 0) ledger.services.delete(serviceName)
  }

  async scale(): Promise<void> {
    const [serviceName, promised] = this.#any() ?? []
    if (serviceName === undefined || promised === undefined || promised.last.isDaemon) return
    const desiredCount = this.#desiredCount(promised.last.room)
    await this.#update({ service: serviceName, desiredCount }, promised, { ...promised.last, desiredCount })
  }

  async deploy(): Promise<void> {
    const [serviceName, promised] = this.#any() ?? []
    if (serviceName === undefined || promised === undefined || promised.last.isExternal) return
    const definition = this.#definition(promised.last)
    if (definition === undefined) return
    const input = { service: serviceName, taskDefinition: definition.arn }
    await this.#update(input, promised, { ...promised.last, definition })
  }

  /** The same again, or other rules for how it is deployed. */
  async redeploy(): Promise<void> {
    const { chance, scenario } = this.#site
    const [serviceName, promised] = this.#any() ?? []
    if (serviceName === undefined || promised === undefined || promised.last.isExternal) return
    const change: Partial<UpdateServiceRequest> = chance.is(0.5)
      ? { forceNewDeployment: true }
      : { deploymentConfiguration: deploymentConfiguration(chance, scenario, promised.last.isDaemon) }
    await this.#update({ service: serviceName, ...change }, promised, promised.last)
  }

  async remove(): Promise<void> {
    const [serviceName, promised] = this.#any() ?? []
    if (serviceName === undefined || promised === undefined) return
    promised.begin({ ...promised.last, isDeleted: true })
    promised.settle((await attempt(this.#site, 'DeleteService', { service: serviceName, force: true })).kind)
  }

  async describe(): Promise<void> {
    const [serviceName] = this.#any() ?? []
    if (serviceName !== undefined) await attempt(this.#site, 'DescribeServices', { services: [serviceName] })
  }

  /** Users ask again for what they do not know to be done, and deploy anew what did not come to work or never can. */
  async repair(): Promise<void> {
    for (const [serviceName, promised] of this.#site.ledger.services) {
      if (promised.last.isDeleted) await this.#removeAgain(serviceName, promised)
      else if (!promised.isCertain || !(await this.#works(serviceName))) await this.#deployAgain(serviceName, promised)
    }
  }

  async #removeAgain(service: string, promised: Promised<ServiceWish>): Promise<void> {
    if (promised.isCertain) return
    promised.begin(promised.last)
    promised.settle((await attempt(this.#site, 'DeleteService', { service, force: true })).kind)
  }

  async #deployAgain(service: string, promised: Promised<ServiceWish>): Promise<void> {
    const { isDaemon, isExternal, desiredCount, definition: wanted } = promised.last
    const definition = wanted.kind.isGood ? wanted : this.#good()
    if (definition === undefined) return
    const count = isDaemon ? {} : { desiredCount }
    const deployed = isExternal ? {} : { taskDefinition: definition.arn, forceNewDeployment: true }
    const input = { service, ...deployed, ...count }
    promised.begin({ ...promised.last, definition })
    const { kind } = await attempt(this.#site, 'UpdateService', input)
    promised.settle(kind)
    // There is nothing to update: it was not made, or its deletion was done after all.
    if (kind === 'refused') promised.conclude(({ isDeleted }) => isDeleted)
  }

  /** Goes towards a definition that can run, with nothing that would stop it. */
  async #works(service: string): Promise<boolean> {
    const outcome = await attempt(this.#site, 'DescribeServices', { services: [service] })
    const [found] = outcome.kind === 'answered' ? (outcome.output.services ?? []) : []
    if (found?.deploymentController?.type === 'EXTERNAL') return true
    const { rolloutState, taskDefinition } = found?.deployments?.[0] ?? {}
    const isGood = this.#tasks.definitions.some(({ arn, kind }) => arn === taskDefinition && kind.isGood)
    const mayFail = found?.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true
    return isGood && (rolloutState === 'COMPLETED' || (rolloutState === 'IN_PROGRESS' && !mayFail))
  }

  async #update(input: UpdateServiceRequest, promised: Promised<ServiceWish>, wish: ServiceWish): Promise<void> {
    promised.begin(wish)
    promised.settle((await attempt(this.#site, 'UpdateService', input)).kind)
  }

  #begin(serviceName: string, wish: ServiceWish): Promised<ServiceWish> {
    const { services } = this.#site.ledger
    const known = services.get(serviceName)
    if (known === undefined) services.set(serviceName, new Promised(wish))
    else known.begin(wish)
    return services.get(serviceName)!
  }

  /** A new name, or that of a service that is gone. */
  #name(): string | undefined {
    const { chance, ledger } = this.#site
    const gone = [...ledger.services].filter(([, promised]) => promised.isCertain && promised.last.isDeleted)
    if (gone.length === 0 || chance.is(0.5)) return `service-${++this.#created}`
    return chance.of(gone)?.[0]
  }

  #any(): [string, Promised<ServiceWish>] | undefined {
    const { services } = this.#site.ledger
    return this.#site.chance.of([...services].filter(([, { isCertain, last }]) => isCertain && !last.isDeleted))
  }

  /** Another one of the same kind of constraint where the service has one: host ports limit how many tasks there can be. */
  #definition(current?: ServiceWish): Definition | undefined {
    const { chance } = this.#site
    const isBad = chance.is(BAD_DEPLOYMENT)
    const candidates = this.#tasks.definitions.filter(
      ({ kind, family }) => kind.isGood !== isBad && mayFollow(current, kind, family),
    )
    return chance.of(candidates.filter((candidate) => current !== undefined || this.#isFree(candidate)))
  }

  #balanceable(): Definition | undefined {
    return this.#site.chance.of(this.#tasks.definitions.filter(({ kind }) => kind === BALANCED_KIND))
  }

  #good(): Definition | undefined {
    return this.#site.chance.of(
      this.#tasks.definitions.filter(({ kind }) => kind.isGood && !kind.hasHostPort && !kind.isFargate),
    )
  }

  /** Two services with one host port would want the same place on every host. */
  #isFree({ kind, family }: Definition): boolean {
    if (kind.hasHostPort !== true) return true
    const services = [...this.#site.ledger.services.values()]
    return !services.some(({ possible }) =>
      possible.some(({ isDeleted, definition }) => !isDeleted && definition.family === family),
    )
  }

  /** Where its tasks may go, and how much room that leaves. */
  #where(definition: Definition, isDaemon: boolean): Where {
    const { chance, scenario } = this.#site
    const { isFargate = false, hasHostPort = false } = definition.kind
    if (isFargate)
      return { room: 'some hosts', capacityProviderStrategy: fargateStrategy(chance), networkConfiguration: NETWORK }
    const launch = { launchType: 'EC2' as const }
    if (isDaemon) return { room: 'anywhere', ...launch }
    const arranged = placement(chance)
    if (hasHostPort) return { room: 'one per host', ...launch, ...arranged }
    if (scenario.hasProviders && chance.is(0.4))
      return { room: 'some hosts', capacityProviderStrategy: groupStrategy(chance), ...arranged }
    return chance.is(0.3) ? { ...launch, ...constrained(chance) } : { room: 'anywhere', ...launch, ...arranged }
  }

  #desiredCount(place: Room): number {
    const { chance, ledger, scenario } = this.#site
    const wanted = [...ledger.services.values()].reduce(
      (sum, { possible }) => sum + mostOf(possible, scenario.hosts),
      0,
    )
    const room = Math.max(0, scenario.hosts * TASKS_PER_HOST - wanted)
    return Math.min(room, chance.int(chance.is(0.1) ? 0 : 1, Math.max(1, MOST[place](scenario.hosts))))
  }
}

type Where = Pick<
  CreateServiceRequest,
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'networkConfiguration'
  | 'placementConstraints'
  | 'placementStrategy'
  | 'availabilityZoneRebalancing'
> & { readonly room: Room }

/** Tasks that a service wants at most. Where there may be one on a host, old and new tasks must fit beside each other. */
const MOST: Readonly<Record<Room, (hosts: number) => number>> = {
  anywhere: (hosts) => Math.min(LARGEST, Math.ceil(hosts * 1.5)),
  'some hosts': (hosts) => Math.min(LARGEST, Math.ceil(hosts / 2)),
  'one per host': (hosts) => Math.floor(hosts / 3),
}

const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'] } }

const constrained = (chance: Chance): Where =>
  chance.is(0.5)
    ? { room: 'one per host', placementConstraints: [{ type: 'distinctInstance' }] }
    : {
        room: 'some hosts',
        placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.availability-zone == us-east-1a' }],
      }

const mostOf = (possible: readonly ServiceWish[], hosts: number): number =>
  Math.max(
    ...possible.map(({ isDeleted, isDaemon, desiredCount }) => (isDeleted ? 0 : isDaemon ? hosts : desiredCount)),
  )

const PORT_KINDS: ReadonlySet<string> = new Set(['host-port', 'dynamic-port'])

const hasPort = ({ kind }: Pick<Definition, 'kind'>): boolean => PORT_KINDS.has(kind.name)

/** To a host port, from the same host port only. */
const mayFollow = (current: ServiceWish | undefined, kind: Definition['kind'], family: string): boolean => {
  if (current === undefined) return true
  if (current.isBalanced && !hasPort({ kind })) return false
  if (kind.isFargate !== current.definition.kind.isFargate) return false
  return kind.hasHostPort !== true || current.definition.family === family
}

const healthCheckGracePeriod = (chance: Chance): Pick<CreateServiceRequest, 'healthCheckGracePeriodSeconds'> =>
  chance.is(0.3) ? { healthCheckGracePeriodSeconds: chance.int(0, 120) } : {}

const placement = (chance: Chance): Pick<CreateServiceRequest, 'placementStrategy' | 'availabilityZoneRebalancing'> => {
  if (chance.is(0.5)) return chance.is(0.5) ? {} : { availabilityZoneRebalancing: 'ENABLED' }
  return chance.one([
    { placementStrategy: [{ type: 'binpack', field: 'memory' }] },
    { placementStrategy: [{ type: 'spread', field: 'instanceId' }] },
    { placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }] },
    { placementStrategy: [{ type: 'random' }] },
  ])
}
