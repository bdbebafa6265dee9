/** What AssociateKmsKey and DisassociateKmsKey are about: a group, by its name or its ARN. */
import { logGroupNameOf } from '../../model/arn.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import type { Demand } from '../operations.ts'
import { onNamed } from './access.ts'
import type { LogsContext } from './context.ts'
import { invalidParameter } from './faults.ts'
import { requireGroup } from './lookups.ts'
import type { NamesGroup } from './names.ts'

interface NamesEncrypted extends NamesGroup {
  readonly resourceIdentifier?: string | undefined
}

export const onEncrypted = (
  { logGroupName, resourceIdentifier }: NamesEncrypted,
  context: LogsContext,
): readonly Demand[] => onNamed({ logGroupName, logGroupIdentifier: resourceIdentifier }, context)

/** Throws `ResourceNotFoundException`, or `InvalidParameterException` for anything but one group. */
export const requireEncrypted = (
  context: LogsContext,
  { logGroupName, resourceIdentifier }: NamesEncrypted,
): LogGroupRecord => {
  if ((logGroupName === undefined) === (resourceIdentifier === undefined))
    throw invalidParameter('Exactly one of logGroupName and resourceIdentifier must be specified.')
  if (resourceIdentifier !== undefined && logGroupNameOf(resourceIdentifier) === undefined)
    throw invalidParameter(
      'The specified resourceIdentifier is not the ARN of a log group. Query results are not stored.',
    )
  return requireGroup(context, { logGroupName, logGroupIdentifier: resourceIdentifier })
}
