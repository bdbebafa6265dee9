/**
 * The events of a service: rows for whoever describes it, in ECS's words, at most the last hundred. A message that says again what was
 * said is left out until something else happened or six hours have passed. Source: "Service event messages" in the developer guide.
 */
import type { Ids } from '../../kit/ids.ts'
import { SERVICE_EVENT_REPEAT_MS, SERVICE_EVENTS, TASKS_PER_SERVICE_EVENT } from '../../model/limits.ts'
import type { ServiceAction, ServiceEventRecord, ServiceRecord } from '../../model/service-records.ts'
import type { Transaction } from '../../store/tables.ts'

type ServiceEventOptions = {
  readonly tx: Transaction
  readonly ids: Ids
  readonly service: ServiceRecord
  readonly now: number
}

export class ServiceEvents {
  readonly #tx: Transaction
  readonly #ids: Ids
  readonly #service: ServiceRecord
  readonly #now: number

  constructor({ tx, ids, service, now }: ServiceEventOptions) {
    this.#tx = tx
    this.#ids = ids
    this.#service = service
    this.#now = now
  }

  /** `message` is whole, its subject included. */
  add(message: string, action?: ServiceAction): void {
    const { serviceArn } = this.#service
    const row = { eventId: this.#ids.uuid(), serviceArn, createdAt: this.#now, message }
    this.#tx.serviceEvents.insert(action === undefined ? row : { ...row, action })
    this.#trim()
  }

  /** `text` is what is said of the service or, with an EXTERNAL controller, of one of its task sets. */
  say(text: string, action?: ServiceAction, holderId?: string): void {
    this.add(`${this.#subject(holderId)} ${text}`, action)
  }

  /** Says it unless it was said within the last six hours and no task was started or stopped since. */
  sayOnce(text: string, action?: ServiceAction, holderId?: string): void {
    const message = `${this.#subject(holderId)} ${text}`
    for (const event of this.#latestFirst()) {
      if (ACTIVITY.test(event.message) || event.createdAt <= this.#now - SERVICE_EVENT_REPEAT_MS) break
      if (isSame(event, message, action)) return
    }
    this.add(message, action)
  }

  /** When something was last said that EventBridge calls so. */
  lastAt(eventName: string): number | undefined {
    return this.#latestFirst().find(({ action }) => action?.eventName === eventName)?.createdAt
  }

  #subject(holderId: string | undefined): string {
    const { serviceName, deploymentController } = this.#service
    return deploymentController === 'EXTERNAL' && holderId !== undefined
      ? `(service ${serviceName}, taskSet ${holderId})`
      : `(service ${serviceName})`
  }

  #latestFirst(): ServiceEventRecord[] {
    return this.#tx.serviceEvents.find('byService', this.#service.serviceArn).toReversed()
  }

  #trim(): void {
    const { serviceArn } = this.#service
    const surplus = this.#tx.serviceEvents.findSize('byService', serviceArn) - SERVICE_EVENTS
    if (surplus <= 0) return
    for (const { eventId } of this.#tx.serviceEvents.find('byService', serviceArn).slice(0, surplus))
      this.#tx.serviceEvents.remove(eventId)
  }
}

const ACTIVITY = / has (started|stopped) \d/

/** Two events of one kind: what EventBridge calls the same is the same, whichever instance it names. */
const isSame = (event: ServiceEventRecord, message: string, action: ServiceAction | undefined): boolean =>
  action === undefined
    ? event.message === message
    : event.action?.eventName === action.eventName && event.action.reason === action.reason

/** `(task a) (task b)`, the first of them if there are many. */
export const listTasks = (taskIds: readonly string[]): string => {
  const listed = taskIds.slice(0, TASKS_PER_SERVICE_EVENT).map((taskId) => `(task ${taskId})`)
  return listed.join(' ') + (taskIds.length > listed.length ? ' ...' : '')
}

/** What EventBridge calls an event of the scheduler. */
export const serviceAction = (
  eventType: ServiceAction['eventType'],
  eventName: string,
  members: Partial<ServiceAction> = {},
): ServiceAction => ({ detailType: 'ECS Service Action', eventType, eventName, ...members })
