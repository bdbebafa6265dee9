/** Whether the service stands still as its owner wants it: kept with it, and said when it becomes so and every six hours. */
import { SERVICE_EVENT_REPEAT_MS } from '../../model/limits.ts'
import type { PassContext } from './pass-context.ts'
import { serviceAction } from './service-events.ts'

const EVENT_NAME = 'SERVICE_STEADY_STATE'

/**
 * `isUnclear`: nothing comes or goes, and balancers have yet to say how tasks are, as after a start of the control plane. What stood still
 * is taken to stand still then.
 */
export const recordSteadiness = (
  { tx, service, events, now }: PassContext,
  isSteady: boolean,
  isUnclear = false,
): void => {
  const { serviceArn, steadySince } = service
  if (isUnclear && !isSteady && steadySince !== undefined) return
  if (!isSteady) {
    if (steadySince !== undefined) tx.services.update(serviceArn, { steadySince: undefined })
    return
  }
  if (steadySince === undefined) tx.services.update(serviceArn, { steadySince: now })
  else if ((events.lastAt(EVENT_NAME) ?? steadySince) > now - SERVICE_EVENT_REPEAT_MS) return
  events.say('has reached a steady state.', serviceAction('INFO', EVENT_NAME))
}
