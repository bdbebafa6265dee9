/** A version as PutParameter makes it: the request laid over the last version, checked. */
import type { PutParameterRequest } from '@aws-sdk/client-ssm'
import { compact } from '../../kit/compact.ts'
import { PARAMETER_DESCRIPTION_LENGTH, PARAMETER_PATTERN_LENGTH } from '../../model/limits.ts'
import type { ParameterType, ParameterVersionRecord } from '../../model/parameter-records.ts'
import { checkAllowed } from './allowed-pattern.ts'
import { checkConstraints, validation } from '../constraints.ts'
import type { SsmContext } from './context.ts'
import { checkDataType, DEFAULT_DATA_TYPE } from './data-types.ts'
import { parsePolicies } from './policies.ts'
import { tierFor } from './tiers.ts'
import { DEFAULT_KEY, encrypted } from './values.ts'

const TYPES: readonly ParameterType[] = ['SecureString', 'StringList', 'String']
const TIERS = ['Standard', 'Advanced', 'Intelligent-Tiering'] as const

/** What can be said of the request without knowing the parameter. */
export const checkRequest = (input: PutParameterRequest): void => {
  checkConstraints(input, {
    Value: { min: 1 },
    Description: { max: PARAMETER_DESCRIPTION_LENGTH },
    AllowedPattern: { max: PARAMETER_PATTERN_LENGTH },
    Type: { oneOf: TYPES },
    Tier: { oneOf: TIERS },
  })
  if (input.Overwrite === true && (input.Tags?.length ?? 0) > 0)
    throw validation(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite " +
        'flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.',
    )
  if (nestsAnother(input.Value ?? ''))
    throw validation('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.')
}

const nestsAnother = (value: string): boolean => {
  const opened = value.indexOf('{{')
  return opened >= 0 && value.includes('}}', opened)
}

export const newVersion = (
  context: SsmContext,
  input: PutParameterRequest,
  { arn, version }: Pick<ParameterVersionRecord, 'arn' | 'version'>,
  last?: ParameterVersionRecord,
): ParameterVersionRecord => {
  const { Value: value = '' } = input
  const type = typeOf(input, last)
  const dataType = input.DataType ?? last?.dataType ?? DEFAULT_DATA_TYPE
  const allowedPattern = input.AllowedPattern ?? last?.allowedPattern
  const policies = input.Policies === undefined ? (last?.policies ?? []) : parsePolicies(input.Policies)
  checkDataType(dataType, value)
  checkAllowed(allowedPattern, value)
  const keyId = keyIdOf(input, type, last)
  return compact({
    arn,
    version,
    type,
    tier: tierFor(input.Tier, last?.tier, { value, dataType, hasPolicies: policies.length > 0 }),
    value: keyId === undefined ? value : encrypted(context, arn, keyId, value),
    keyId,
    description: input.Description ?? last?.description,
    allowedPattern,
    dataType,
    policies,
    modifiedAt: context.now,
    modifiedBy: context.principal.arn,
  })
}

/** AWS: an overwrite may change the type, whatever the reference says of HierarchyTypeMismatchException; Terraform counts on it. */
const typeOf = ({ Type: type }: PutParameterRequest, last: ParameterVersionRecord | undefined): ParameterType => {
  const given = type ?? last?.type
  if (given === undefined) throw validation('A parameter type is required when you create a parameter.')
  return given
}

const keyIdOf = (
  { KeyId: keyId }: PutParameterRequest,
  type: ParameterType,
  last: ParameterVersionRecord | undefined,
): string | undefined => {
  if (type === 'SecureString') return keyId ?? last?.keyId ?? DEFAULT_KEY
  if (keyId !== undefined) throw validation('KeyId is required for SecureString type parameter only.')
  return undefined
}
