/**
 * Tiers of parameters: how large a value may be, how many parameters there may be, and which one a request means.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
import { PARAMETER_VALUE_BYTES, PARAMETERS_PER_TIER } from '../../model/limits.ts'
import { type ParameterTier, parameterTierKey } from '../../model/parameter-records.ts'
import type { SsmContext } from './context.ts'
import { needsAdvancedTier } from './data-types.ts'
import { validation } from '../constraints.ts'
import { fault } from './faults.ts'

const GUIDE = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'

export interface Content {
  readonly value: string
  readonly dataType: string
  readonly hasPolicies: boolean
}

/** The tier of a version. `current` is what the parameter had before; it never goes back to the standard tier. */
export const tierFor = (
  wanted: string | undefined,
  current: ParameterTier | undefined,
  content: Content,
): ParameterTier => {
  if (wanted === 'Intelligent-Tiering' && needsAdvanced(content)) return checked('Advanced', content)
  if (wanted === 'Standard' && current === 'Advanced') throw noWayBack()
  return checked(wanted === 'Advanced' || current === 'Advanced' ? 'Advanced' : 'Standard', content)
}

const sizeOf = ({ value }: Content): number => Buffer.byteLength(value)

const needsAdvanced = (content: Content): boolean =>
  content.hasPolicies || needsAdvancedTier(content.dataType) || sizeOf(content) > PARAMETER_VALUE_BYTES.Standard

const checked = (tier: ParameterTier, content: Content): ParameterTier => {
  if (sizeOf(content) > PARAMETER_VALUE_BYTES[tier]) throw tooLarge(tier)
  if (tier === 'Standard' && content.hasPolicies)
    throw validation(`Parameter policies require the advanced-parameter tier. For more information, see ${GUIDE}`)
  if (tier === 'Standard' && needsAdvancedTier(content.dataType))
    throw validation(
      `The data type ${content.dataType} requires the advanced-parameter tier. For more information, see ${GUIDE}`,
    )
  return tier
}

const tooLarge = (tier: ParameterTier) =>
  validation(
    tier === 'Standard'
      ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, ' +
          `upgrade the parameter to use the advanced-parameter tier. For more information, see ${GUIDE}`
      : `Advanced tier parameters support a maximum parameter value of 8192 characters. For more information, see ${GUIDE}`,
  )

const noWayBack = () =>
  validation(
    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to " +
      'the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.',
  )

/** Whether the account may have one more. */
export const checkRoom = ({ tx, region, account }: SsmContext, tier: ParameterTier): void => {
  const limit = PARAMETERS_PER_TIER[tier]
  if (tx.parameters.count('inTier', parameterTierKey(region, account, tier)) < limit) return
  throw fault(
    'ParameterLimitExceeded',
    `You have reached the maximum number of ${tier.toLowerCase()} parameters for this AWS account and Region (${limit}). ` +
      `To add more parameters, ${tier === 'Standard' ? 'either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).' : 'delete existing parameters.'}`,
  )
}
