/** What one look at a service works with: the open transaction, the service as it is in it, and what does not change between looks. */
import type { Ids } from '../../kit/ids.ts'
import type { RegistryHome } from '../../model/registry-home.ts'
import type { DeploymentRecord, ServiceRecord, TaskSetRecord } from '../../model/service-records.ts'
import type { CapacityIndex } from '../../scheduler/capacity-index.ts'
import type { ServedRules } from '../../store/load-balancing/served-rules.ts'
import type { TargetHealthBook } from '../../store/load-balancing/target-health-book.ts'
import type { Transaction } from '../../store/tables.ts'
import type { ServiceEvents } from './service-events.ts'
import type { AlarmStates } from './rollout/types.ts'
import type { RuleTraffic } from './targets/rule-traffic.ts'

export interface PassSettings {
  readonly ids: Ids
  readonly capacity: CapacityIndex
  readonly alarms: AlarmStates
  /** What balancers say of targets. */
  readonly targetHealth: Pick<TargetHealthBook, 'get'>
  /** Whether they go by the rules of load balancers as they are. */
  readonly servedRules: Pick<ServedRules, 'isServed'>
  /** How long a task without a health check has to be RUNNING before it counts as healthy. */
  readonly settlingMs: number
  /** After that long without its agent an instance is lost. */
  readonly instanceLossGraceMs: number
  /** The container registry here; without it, none of the images is known to be in it. */
  readonly registry?: RegistryHome | undefined
}

export interface PassContext extends PassSettings {
  readonly tx: Transaction
  /** As it was when the pass began; a DAEMON service's with the desired count of now. */
  readonly service: ServiceRecord
  readonly events: ServiceEvents
  readonly traffic: RuleTraffic
  readonly now: number
}

/** What the scheduler needs of a deployment or task set. */
export type Holder = Pick<DeploymentRecord & TaskSetRecord, 'serviceArn' | 'serviceRevisionArn' | 'startFailures'> & {
  readonly holderId: string
}

/** The deployment or task set that tasks with this `startedBy` belong to, if the service has it. */
export const getHolder = ({ tx, service }: Pick<PassContext, 'tx' | 'service'>, holderId = ''): Holder | undefined => {
  const row = tx.deployments.get(holderId) ?? tx.taskSets.get(holderId)
  return row === undefined || row.serviceArn !== service.serviceArn ? undefined : { ...row, holderId }
}
