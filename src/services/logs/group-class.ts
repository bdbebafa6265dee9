/** Classes of log groups, and what each has not. Source: "Log classes" in the user guide. */
import type { LogGroupClass, LogGroupRecord } from '../../model/log-records.ts'
import { invalidOperation, invalidParameter } from './faults.ts'

const CLASSES: readonly string[] = ['STANDARD', 'INFREQUENT_ACCESS', 'ESSENTIALS', 'DELIVERY']

export const isGroupClass = (text: string): text is LogGroupClass => CLASSES.includes(text)

/** Throws `InvalidParameterException` if it is given and none. */
export const checkClass = (text: string | undefined): void => {
  if (text !== undefined && !isGroupClass(text)) throw invalidParameter('The specified logGroupClass is not valid.')
}

/** AWS: who asks for one of the classes with fewer features gets both. */
const LESSER: readonly string[] = ['INFREQUENT_ACCESS', 'ESSENTIALS']

export const isOfClass = (logGroupClass: LogGroupClass, wanted: string): boolean =>
  logGroupClass === wanted || (LESSER.includes(wanted) && LESSER.includes(logGroupClass))

/** Throws `InvalidOperationException` if the operation is for groups of the class STANDARD only, and this one is not. */
export const checkIsStandard = ({ name, logGroupClass }: LogGroupRecord, operation: string): void => {
  if (logGroupClass === 'STANDARD') return
  throw invalidOperation(
    `The log group ${name} is of log-group-class ${logGroupClass}. ${operation} is not supported for this log class.`,
  )
}
