/** Without a source of alarms none is ever in ALARM. */
import type { AlarmStates } from './types.ts'

export const noAlarms: AlarmStates = { inAlarm: () => [] }
