/** What an external deployment controller does: task sets of services that leave their deployments to it. */
import type { TaskSetRecord } from '../../../src/model/service-records.ts'
import type { Site } from '../site.ts'
import { attempt } from './caller.ts'
import type { TaskCalls } from './task-calls.ts'

/** Of a service at the same time. */
const TASK_SETS = 2

export class TaskSetCalls {
  readonly #site: Site
  readonly #tasks: TaskCalls

  constructor(site: Site, tasks: TaskCalls) {
    this.#site = site
    this.#tasks = tasks
  }

  /** The next thing to do with one of the services: another set first, then anything. */
  async change(): Promise<void> {
    const { chance } = this.#site
    const service = chance.of(this.#services())
    if (service === undefined) return
    const sets = this.#setsOf(service)
    const set = chance.of(sets.filter(({ status }) => status !== 'DRAINING'))
    if (set === undefined || (sets.length < TASK_SETS && chance.is(0.5))) return await this.#create(service)
    const named = { cluster: 'default', service, taskSet: set.taskSetId }
    const deed = chance.one(['scale', 'primary', 'remove'])
    if (deed === 'scale') await attempt(this.#site, 'UpdateTaskSet', { ...named, scale: this.#scale() })
    else if (deed === 'remove') await attempt(this.#site, 'DeleteTaskSet', { ...named, force: chance.is(0.7) })
    else
      await attempt(this.#site, 'UpdateServicePrimaryTaskSet', {
        cluster: 'default',
        service,
        primaryTaskSet: set.taskSetId,
      })
  }

  /** Sets that cannot come to rest go. */
  async repair(): Promise<void> {
    const { serviceRevisions } = this.#site.world.store.tables
    for (const service of this.#services())
      for (const { taskSetId, serviceRevisionArn } of this.#setsOf(service)) {
        const arn = serviceRevisions.get(serviceRevisionArn)?.taskDefinitionArn
        const isGood = this.#tasks.definitions.some((definition) => definition.arn === arn && definition.kind.isGood)
        if (isGood) continue
        await attempt(this.#site, 'DeleteTaskSet', { cluster: 'default', service, taskSet: taskSetId, force: true })
      }
  }

  async #create(service: string): Promise<void> {
    if (this.#setsOf(service).length >= TASK_SETS) return
    const { chance } = this.#site
    const isBad = chance.is(0.2)
    const definition = chance.of(
      this.#tasks.definitions.filter(({ kind }) => kind.isGood !== isBad && !kind.hasHostPort && !kind.isFargate),
    )
    if (definition === undefined) return
    await attempt(this.#site, 'CreateTaskSet', {
      cluster: 'default',
      service,
      taskDefinition: definition.arn,
      launchType: 'EC2',
      scale: this.#scale(),
    })
  }

  #scale() {
    return { value: this.#site.chance.one([0, 33, 50, 100]), unit: 'PERCENT' as const }
  }

  #services(): string[] {
    const { world, ledger } = this.#site
    if (!world.isRunning) return []
    return [...ledger.services].flatMap(([name, { last }]) => (last.isExternal && !last.isDeleted ? [name] : []))
  }

  #setsOf(service: string): readonly TaskSetRecord[] {
    const { world } = this.#site
    if (!world.isRunning) return []
    return [...world.store.tables.taskSets.rows()].filter(({ serviceArn }) => serviceArn.endsWith(`/${service}`))
  }
}
