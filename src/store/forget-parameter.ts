/** Removes a parameter with all of its versions, so that a parameter of the same name begins with nothing. */
import { parameterVersionKey } from '../model/parameter-records.ts'
import type { Transaction } from './tables.ts'

export const forgetParameter = (tx: Transaction, arn: string): void => {
  for (const { version } of tx.parameterVersions.find('byParameter', arn))
    tx.parameterVersions.remove(parameterVersionKey(arn, version))
  tx.parameters.remove(arn)
}
