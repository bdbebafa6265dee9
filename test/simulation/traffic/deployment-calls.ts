/** What users do with deployments under way: stop them, decide the hooks that they wait at, and protect tasks from them. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { resourceId, taskArn } from '../../../src/model/arn.ts'
import { isOver } from '../../../src/model/new-deployment.ts'
import type { Site } from '../site.ts'
import { attempt } from './caller.ts'

const PROTECTED_AT_ONCE = 10
/** More than a step of a run, less than it takes to come to rest. */
const PROTECTION_MINUTES = 30

export class DeploymentCalls {
  readonly #site: Site

  constructor(site: Site) {
    this.#site = site
  }

  async stop(): Promise<void> {
    const { chance } = this.#site
    const deployment = chance.of(await this.#underWay())
    const serviceDeploymentArn = deployment?.serviceDeploymentArn
    if (serviceDeploymentArn === undefined) return
    const stopType = chance.one(['ROLLBACK', 'ABORT'] as const)
    await attempt(this.#site, 'StopServiceDeployment', { serviceDeploymentArn, stopType })
  }

  /** Mostly on; some are left to their time. */
  async decide(): Promise<void> {
    const { chance } = this.#site
    await this.#decide(() => (chance.is(0.8) ? 'CONTINUE' : 'ROLLBACK'))
  }

  async protect(): Promise<void> {
    const { chance, ledger } = this.#site
    const serviceName = chance.of([...ledger.services].filter(([, { last }]) => !last.isDeleted))?.[0]
    if (serviceName === undefined) return
    const listed = await attempt(this.#site, 'ListTasks', { serviceName })
    const tasks = listed.kind === 'answered' ? chance.some(listed.output.taskArns ?? [], chance.int(1, 5)) : []
    if (tasks.length === 0) return
    const protectionEnabled = chance.is(0.8)
    const expiresInMinutes = chance.int(1, PROTECTION_MINUTES)
    if (protectionEnabled) for (const arn of tasks) ledger.protected.add(resourceId(arn))
    await attempt(this.#site, 'UpdateTaskProtection', {
      cluster: 'default',
      tasks,
      protectionEnabled,
      expiresInMinutes,
    })
  }

  /** Whatever waits goes on, and nothing is protected any more. */
  async repair(): Promise<void> {
    await this.carryOn()
    const { world } = this.#site
    const tasks = [...world.store.tables.tasks.rows()]
      .filter(({ protectedUntil = 0, desiredStatus }) => desiredStatus === 'RUNNING' && protectedUntil > 0)
      .map(({ clusterArn, taskId }) => taskArn(clusterArn, taskId))
    for (let from = 0; from < tasks.length; from += PROTECTED_AT_ONCE) {
      const some = tasks.slice(from, from + PROTECTED_AT_ONCE)
      await attempt(this.#site, 'UpdateTaskProtection', { cluster: 'default', tasks: some, protectionEnabled: false })
    }
  }

  /** Every hook that a deployment waits at is passed. */
  async carryOn(): Promise<void> {
    if (this.isAwaited) await this.#decide(() => 'CONTINUE')
  }

  /** Whether a deployment waits for its users. */
  get isAwaited(): boolean {
    const { serviceDeployments } = this.#site.world.store.tables
    return [...serviceDeployments.rows()].some(
      (deployment) =>
        !isOver(deployment) && deployment.lifecycleHooks?.some(({ status }) => status === 'AWAITING_ACTION'),
    )
  }

  async #decide(actionOf: () => 'CONTINUE' | 'ROLLBACK'): Promise<void> {
    for (const { serviceDeploymentArn, lifecycleHookDetails = [] } of await this.#underWay())
      for (const { hookId, status } of lifecycleHookDetails)
        if (status === 'AWAITING_ACTION')
          await attempt(this.#site, 'ContinueServiceDeployment', { serviceDeploymentArn, hookId, action: actionOf() })
  }

  /** Of all services. */
  async #underWay(): Promise<readonly ServiceDeployment[]> {
    const found: ServiceDeployment[] = []
    for (const [service, { last }] of this.#site.ledger.services) {
      if (last.isDeleted) continue
      const status = ['PENDING', 'IN_PROGRESS'] as const
      const listed = await attempt(this.#site, 'ListServiceDeployments', { service, status: [...status] })
      const arns = listed.kind === 'answered' ? (listed.output.serviceDeployments ?? []) : []
      const serviceDeploymentArns = arns.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
      if (serviceDeploymentArns.length === 0) continue
      const described = await attempt(this.#site, 'DescribeServiceDeployments', { serviceDeploymentArns })
      if (described.kind === 'answered') found.push(...(described.output.serviceDeployments ?? []))
    }
    return found
  }
}
