/**
 * A service on its way to a revision, as the state machine of deployments is shown it, and a world in which its steps are carried out:
 * rows are written, tasks start and stop as the groups ask for, time passes.
 */
import { stepRollout } from '../../src/controllers/service-scheduler/rollout/step.ts'
import { after } from '../../src/controllers/service-scheduler/rollout/transition.ts'
import type {
  GroupTarget,
  RolloutState,
  RolloutStep,
  TaskCounts,
  TrafficShift,
} from '../../src/controllers/service-scheduler/rollout/types.ts'
import { beginDeployment, isOver } from '../../src/model/new-deployment.ts'
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from '../../src/model/service-records.ts'
import { aService, aServiceRevision } from './a-service.ts'
import { BUILT_AT_MS, builderIds } from './ids.ts'

export const MINUTE_MS = 60_000

export const tasks = (running: number, given: Partial<TaskCounts> = {}): TaskCounts => ({
  starting: 0,
  running,
  healthy: running,
  stopping: 0,
  ...given,
})

type Configuration = Partial<ServiceRecord['deploymentConfiguration']>

/** One service, from CreateService on. `deploy` is UpdateService, `step` a look of the scheduler. */
export class RolloutWorld {
  service: ServiceRecord
  deployments: readonly DeploymentRecord[] = []
  readonly counts = new Map<string, TaskCounts>()
  serviceDeployment: ServiceDeploymentRecord | undefined
  /** Service deployments that are over, in order. */
  readonly history: ServiceDeploymentRecord[] = []
  readonly events: string[] = []
  readonly eventNames: string[] = []
  readonly ringing = new Set<string>()
  readonly shifts: TrafficShift[] = []
  isTrafficMoving = true
  now = BUILT_AT_MS
  readonly #revisions = new Map<string, ServiceRevisionRecord>()

  constructor(configuration: Configuration = {}, desiredCount = 2) {
    this.service = aService({
      desiredCount,
      deploymentConfiguration: {
        strategy: 'ROLLING',
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        ...configuration,
      },
    })
    this.deploy()
  }

  /** A new revision; the id of its deployment is returned. */
  deploy(configuration: Configuration = {}): string {
    const { deploymentConfiguration } = this.service
    this.service = { ...this.service, deploymentConfiguration: { ...deploymentConfiguration, ...configuration } }
    const revision = aServiceRevision({ serviceArn: this.service.serviceArn, createdAt: this.now })
    this.#revisions.set(revision.serviceRevisionArn, revision)
    const { primary, demoted, serviceDeployment, superseded } = beginDeployment({
      service: this.service,
      revision,
      current: this.deployments.map((deployment) => ({ deployment, taskCount: this.countsOf(deployment).running })),
      previous: this.serviceDeployment,
      serviceDeploymentId: builderIds.hex32().slice(0, 21),
      now: this.now,
    })
    const changed = new Map(demoted.map((row) => [row.deploymentId, row]))
    this.deployments = [...this.deployments.map((row) => changed.get(row.deploymentId) ?? row), primary]
    if (superseded !== undefined) this.history.push(superseded)
    this.serviceDeployment = serviceDeployment
    return primary.deploymentId
  }

  get stage(): string | undefined {
    return this.serviceDeployment?.lifecycleStage
  }

  get state(): RolloutState {
    return {
      service: this.service,
      deployments: this.deployments,
      counts: this.counts,
      serviceDeployment: this.serviceDeployment,
      lastCompletedRevision: this.#lastCompletedRevision(),
      alarms: { inAlarm: (names) => names.filter((name) => this.ringing.has(name)) },
      traffic: {
        isShifted: (shift) => {
          this.shifts.push(shift)
          return this.isTrafficMoving
        },
      },
      now: this.now,
    }
  }

  get primary(): DeploymentRecord {
    const primary = this.deployments.find(({ status }) => status === 'PRIMARY')
    if (primary === undefined) throw new Error('there is no PRIMARY deployment')
    return primary
  }

  /** One look: rows are written, tasks are left as they are. */
  look(): RolloutStep {
    const step = stepRollout(this.state)
    const begun = step.begun === undefined ? [] : [step.begun]
    const next = after(this.state, { ...step, deployments: [...step.deployments, ...begun] })
    const wasOver = this.serviceDeployment === undefined || isOver(this.serviceDeployment)
    this.deployments = next.deployments
    this.serviceDeployment = next.serviceDeployment
    if (!wasOver && this.serviceDeployment && isOver(this.serviceDeployment)) this.history.push(this.serviceDeployment)
    for (const id of step.removedDeploymentIds) this.counts.delete(id)
    this.events.push(...step.events.map(({ message }) => message))
    this.eventNames.push(...step.events.flatMap(({ action }) => (action === undefined ? [] : [action.eventName])))
    return step
  }

  /** Looks, and lets the tasks become what the groups ask for, until nothing changes any more. */
  settle(): RolloutStep {
    for (let round = 0; round < 100; round += 1) {
      const { length } = this.events
      const step = this.look()
      const isUnchanged = step.deployments.length === 0 && step.serviceDeployment === undefined && !step.begun
      const hasMoved = this.carryOut(step.groups)
      if (isUnchanged && !hasMoved && length === this.events.length) return step
    }
    throw new Error('the world does not come to rest')
  }

  /** Tasks of new deployments run at once, those of old ones go at once. */
  carryOut(groups: readonly GroupTarget[]): boolean {
    return groups
      .flatMap(({ holderId, desiredCount, replacedIds, mayStart }) => [
        this.#setRunning(holderId, mayStart ? desiredCount : Math.min(desiredCount, this.#runningOf(holderId))),
        ...replacedIds.map((id) => this.#setRunning(id, 0)),
      ])
      .some((hasMoved) => hasMoved)
  }

  /** Changes the PRIMARY's row, as the scheduler does when tasks fail. */
  fail(failedTasks: number): void {
    const { primary } = this
    this.deployments = this.deployments.map((row) => (row === primary ? { ...row, failedTasks } : row))
  }

  amend(change: Partial<ServiceDeploymentRecord>): void {
    if (this.serviceDeployment !== undefined) this.serviceDeployment = { ...this.serviceDeployment, ...change }
  }

  /** ContinueServiceDeployment for every hook that awaits it. */
  answerHooks(status: 'SUCCEEDED' | 'FAILED'): void {
    const lifecycleHooks = (this.serviceDeployment?.lifecycleHooks ?? []).map((hook) =>
      hook.status === 'AWAITING_ACTION' ? { ...hook, status } : hook,
    )
    this.amend({ lifecycleHooks })
  }

  countsOf({ deploymentId }: DeploymentRecord): TaskCounts {
    return this.counts.get(deploymentId) ?? tasks(0)
  }

  #runningOf(holderId: string): number {
    return this.counts.get(holderId)?.running ?? 0
  }

  #setRunning(holderId: string, running: number): boolean {
    if (this.#runningOf(holderId) === running) return false
    this.counts.set(holderId, tasks(running))
    return true
  }

  #lastCompletedRevision(): ServiceRevisionRecord | undefined {
    const target = this.serviceDeployment?.targetServiceRevision.serviceRevisionArn
    const arns = this.history
      .filter(({ status }) => status === 'SUCCESSFUL')
      .map(({ targetServiceRevision }) => targetServiceRevision.serviceRevisionArn)
    const last = arns.findLast((arn) => arn !== target)
    return last === undefined ? undefined : this.#revisions.get(last)
  }
}
