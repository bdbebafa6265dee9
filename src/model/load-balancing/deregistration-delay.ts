/** How long deregistered targets may go on with what they have under way. By itself: every server needs it, few the other attributes. */
import type { TargetGroupRecord } from './records.ts'

export const DEREGISTRATION_DELAY = 'deregistration_delay.timeout_seconds'

/** AWS: five minutes, unless the attribute says otherwise. */
export const DEFAULT_DEREGISTRATION_DELAY_SECONDS = 300

export const deregistrationDelayMs = ({ attributes }: Pick<TargetGroupRecord, 'attributes'>): number =>
  Number(attributes[DEREGISTRATION_DELAY] ?? DEFAULT_DEREGISTRATION_DELAY_SECONDS) * 1000
