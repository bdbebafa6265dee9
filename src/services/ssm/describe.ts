/** From records to the SDK's shapes. */
import type { Parameter, ParameterHistory, ParameterMetadata } from '@aws-sdk/client-ssm'
import { compact } from '../../kit/compact.ts'
import { dateOf } from '../../kit/timestamps.ts'
import type { ParameterRecord, ParameterVersionRecord } from '../../model/parameter-records.ts'
import type { SsmContext } from './context.ts'
import { labelsOn } from './labels.ts'
import type { Found } from './lookups.ts'
import { describePolicies } from './policies.ts'
import { revealed } from './values.ts'

export const describeParameter = (
  context: SsmContext,
  { parameter, version, selector }: Found,
  withDecryption: boolean | undefined,
): Parameter =>
  compact({
    Name: parameter.name,
    Type: version.type,
    Value: revealed(context, version, withDecryption),
    Version: version.version,
    // AWS: with the colon that stood before it.
    Selector: selector && `:${selector}`,
    LastModifiedDate: dateOf(version.modifiedAt),
    ARN: parameter.arn,
    DataType: version.dataType,
  })

/** Everything but the value and the ARN, which history does not have. */
const commonMembers = (parameter: ParameterRecord, version: ParameterVersionRecord) => ({
  Name: parameter.name,
  Type: version.type,
  KeyId: version.keyId,
  LastModifiedDate: dateOf(version.modifiedAt),
  LastModifiedUser: version.modifiedBy,
  Description: version.description,
  AllowedPattern: version.allowedPattern,
  Version: version.version,
  Tier: version.tier,
  Policies: describePolicies(version.policies),
  DataType: version.dataType,
})

export const describeMetadata = ({ parameter, version }: Found): ParameterMetadata =>
  compact({ ...commonMembers(parameter, version), ARN: parameter.arn })

export const describeVersion = (
  context: SsmContext,
  { parameter, version }: Found,
  withDecryption: boolean | undefined,
): ParameterHistory =>
  compact({
    ...commonMembers(parameter, version),
    Value: revealed(context, version, withDecryption),
    Labels: labelsOn(parameter.labels, version.version),
  })
