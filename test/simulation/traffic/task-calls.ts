/** What users do with tasks and their definitions: register, run, start on a certain host, stop. */
import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import type { Chance } from '../chance.ts'
import type { Site } from '../site.ts'
import { groupStrategy } from './capacity-calls.ts'
import { attempt } from './caller.ts'
import { BALANCED_KIND, type Definition, definitionRequest, type Kind, KINDS } from './definitions.ts'

/** Standalone tasks that may be there at the same time, per host: what services need must stay free. */
const TASKS_PER_HOST = 3
const FIRST_FAMILIES = 8

export class TaskCalls {
  /** Every one that was registered, the oldest first. */
  readonly definitions: Definition[] = []
  readonly #site: Site
  readonly #families: { readonly name: string; readonly number: number; readonly kind: Kind }[] = []
  #tokens = 0

  constructor(site: Site) {
    this.#site = site
  }

  /** The definitions that a run begins with: a good one at least. */
  async begin(): Promise<void> {
    await this.register(KINDS[0]!)
    if (this.#site.scenario.hasBalancers) await this.register(BALANCED_KIND)
    for (let count = 1; count < FIRST_FAMILIES; count++) await this.register()
  }

  /** A new family, or a new revision of one. */
  async register(kind?: Kind): Promise<Definition | undefined> {
    const { chance } = this.#site
    const family = kind === undefined && chance.is(0.4) ? chance.of(this.#families) : undefined
    return await this.#register(family ?? this.#newFamily(kind ?? chance.of(KINDS) ?? KINDS[0]!))
  }

  async run(): Promise<void> {
    const { chance, ledger } = this.#site
    const definition = chance.of(
      this.definitions.filter(({ kind }) => kind.hasHostPort !== true && kind.isFargate !== true),
    )
    const room = this.#site.scenario.hosts * TASKS_PER_HOST - this.#running().length
    if (definition === undefined || room <= 0) return
    const clientToken = `run-${++this.#tokens}`
    const input = {
      taskDefinition: definition.arn,
      count: Math.min(room, chance.int(1, 10)),
      ...launch(this.#site),
      startedBy: clientToken,
      clientToken,
      ...placement(chance),
    }
    // The same call until it is answered: it must be done once.
    for (let tries = 0; tries < 5; tries++) {
      const outcome = await attempt(this.#site, 'RunTask', input)
      if (outcome.kind === 'answered') ledger.started(outcome.output.tasks ?? [])
      if (outcome.kind === 'answered') ledger.startedBy.set(clientToken, outcome.output.tasks?.length ?? 0)
      if (outcome.kind !== 'unanswered') return
      await this.#site.world.clock.sleep(5000)
    }
  }

  async start(): Promise<void> {
    const { chance, ledger, world } = this.#site
    const definition = chance.of(
      this.definitions.filter(({ kind }) => kind.hasHostPort !== true && kind.isFargate !== true),
    )
    const agent = chance.of(world.agents.filter(({ isRegistered }) => isRegistered))
    if (definition === undefined || agent === undefined) return
    if (this.#running().length >= this.#site.scenario.hosts * TASKS_PER_HOST) return
    const input = { taskDefinition: definition.arn, containerInstances: [agent.containerInstanceArn] }
    const outcome = await attempt(this.#site, 'StartTask', input)
    if (outcome.kind === 'answered') ledger.started(outcome.output.tasks ?? [])
  }

  /** Any task, those of services too. */
  async stop(): Promise<void> {
    const { chance, ledger } = this.#site
    const listed = await attempt(this.#site, 'ListTasks', {})
    const task = listed.kind === 'answered' ? chance.of(listed.output.taskArns ?? []) : undefined
    if (task === undefined) return
    const outcome = await attempt(this.#site, 'StopTask', { task, reason: 'by the user' })
    if (outcome.kind !== 'answered') return
    ledger.started(outcome.output.task === undefined ? [] : [outcome.output.task])
    ledger.stopped(task)
  }

  async #register(family: { readonly name: string; readonly number: number; readonly kind: Kind }) {
    const outcome = await attempt(
      this.#site,
      'RegisterTaskDefinition',
      definitionRequest(this.#site.chance, family.kind, family),
    )
    const arn = outcome.kind === 'answered' ? outcome.output.taskDefinition?.taskDefinitionArn : undefined
    if (arn === undefined) return undefined
    const definition = { arn, family: family.name, kind: family.kind }
    this.definitions.push(definition)
    this.#site.ledger.definitions.add(arn)
    return definition
  }

  #newFamily(kind: Kind) {
    const number = this.#families.length
    const family = { name: `${kind.name}-${number}`, number, kind }
    this.#families.push(family)
    return family
  }

  /** Standalone tasks that nobody has asked to stop, as far as is known. */
  #running(): readonly string[] {
    const { world, ledger } = this.#site
    if (!world.isRunning) return []
    const { tasks } = world.store.tables
    return [...ledger.tasks.keys()].filter(
      (arn) => tasks.get(arn.slice(arn.lastIndexOf('/') + 1))?.desiredStatus === 'RUNNING',
    )
  }
}

/** Tasks of a capacity provider wait where its instances have no room. */
const launch = ({ chance, scenario }: Site): Pick<RunTaskRequest, 'launchType' | 'capacityProviderStrategy'> =>
  scenario.hasProviders && chance.is(0.5) ? { capacityProviderStrategy: groupStrategy(chance) } : { launchType: 'EC2' }

const placement = (chance: Chance): object => {
  if (chance.is(0.6)) return {}
  return chance.one([
    { placementStrategy: [{ type: 'binpack' as const, field: 'memory' }] },
    { placementStrategy: [{ type: 'spread' as const, field: 'instanceId' }] },
    { placementStrategy: [{ type: 'spread' as const, field: 'attribute:ecs.availability-zone' }] },
    { placementConstraints: [{ type: 'distinctInstance' as const }] },
  ])
}
