/** Classes of log groups. */
import type { LogGroupClass } from '../../model/log-records.ts'

const CLASSES: readonly string[] = ['STANDARD', 'INFREQUENT_ACCESS', 'ESSENTIALS', 'DELIVERY']

export const isGroupClass = (text: string): text is LogGroupClass => CLASSES.includes(text)

/** AWS: who asks for one of the classes with fewer features gets both. */
const LESSER: readonly string[] = ['INFREQUENT_ACCESS', 'ESSENTIALS']

export const isOfClass = (logGroupClass: LogGroupClass, wanted: string): boolean =>
  logGroupClass === wanted || (LESSER.includes(wanted) && LESSER.includes(logGroupClass))
