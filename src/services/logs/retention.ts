/** How long groups may be told to keep their events. */
import type { LogGroupRecord } from '../../model/log-records.ts'
import { invalidParameter } from './faults.ts'

/** Source: PutRetentionPolicy. */
const DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

/** Throws `InvalidParameterException`. */
export const checkRetentionDays = (days: number): void => {
  if (!DAYS.includes(days))
    throw invalidParameter(
      `1 validation error detected: Value at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${DAYS.join(', ')}]`,
    )
}

/** Throws `InvalidParameterException` if the group's class says how long. */
export const checkRetentionIsOpen = ({ logGroupClass }: LogGroupRecord): void => {
  if (logGroupClass === 'DELIVERY')
    throw invalidParameter('The retention of log groups of the DELIVERY class cannot be changed.')
}
