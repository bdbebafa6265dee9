/** Of each parameter the latest versions are kept. */
import { PARAMETER_VERSIONS } from '../../model/limits.ts'
import { type ParameterRecord, parameterVersionKey } from '../../model/parameter-records.ts'
import type { SsmContext } from './context.ts'
import { fault } from './faults.ts'
import { labelsOn } from './labels.ts'

/** Makes room for one more version. Throws `ParameterMaxVersionLimitExceeded` if the oldest has a label. */
export const dropOldest = ({ tx }: SsmContext, { arn, name, labels }: ParameterRecord): void => {
  if (tx.parameterVersions.findSize('byParameter', arn) < PARAMETER_VERSIONS) return
  const [oldest] = tx.parameterVersions.iterate('byParameter', arn)
  if (oldest === undefined) return
  if (labelsOn(labels, oldest.version).length > 0)
    throw fault(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. ` +
        `Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. ` +
        'Move the label to another version of the parameter, and try again.',
    )
  tx.parameterVersions.remove(parameterVersionKey(arn, oldest.version))
}
