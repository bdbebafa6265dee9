/** PutParameter: creates a parameter, or gives an existing one a new version. What a new version does not state it has from the last one. */
import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm'
import { parameterArn } from '../../../model/arn.ts'
import type { ParameterRecord } from '../../../model/parameter-records.ts'
import { forgetParameter } from '../../../store/forget-parameter.ts'
import type { Demand } from '../../operations.ts'
import { requestTagContext } from '../../checked-tags.ts'
import { onParameter } from '../access.ts'
import type { SsmContext, SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'
import { getParameter, latestOf } from '../lookups.ts'
import { checkNewName, trimmedName } from '../names.ts'
import { checkRequest, newVersion } from '../new-version.ts'
import { expiresAtOf } from '../policies.ts'
import { tagsOf, withTags } from '../tags.ts'
import { checkRoom } from '../tiers.ts'
import { dropOldest } from '../old-versions.ts'
import { DEFAULT_KEY, encryptionDemands } from '../values.ts'

export const putParameter: SsmOperation<PutParameterRequest, PutParameterResult> = {
  access: (input, context) => [...parameterDemands(input, context), ...keyDemands(input, context)],
  handle: (input, context) => {
    const name = trimmedName(input.Name)
    const arn = parameterArn(context.region, context.account, name)
    checkNewName(name, arn)
    checkRequest(input)
    const existing = getParameter(context, arn)
    if (existing === undefined) return create(input, context, { arn, name })
    if (input.Overwrite !== true) throw alreadyExists()
    return overwrite(input, context, existing)
  },
}

const parameterDemands = (input: PutParameterRequest, context: SsmContext): readonly Demand[] => {
  const tags = requestTagContext(tagsOf(input.Tags))
  const put = { ...tags, 'ssm:overwrite': [String(input.Overwrite === true)] }
  const hasTags = (input.Tags?.length ?? 0) > 0
  return [
    onParameter(context, input.Name, put),
    ...(hasTags ? [onParameter(context, input.Name, tags, 'ssm:AddTagsToResource')] : []),
  ]
}

const keyDemands = (input: PutParameterRequest, context: SsmContext): readonly Demand[] => {
  const arn = parameterArn(context.region, context.account, trimmedName(input.Name))
  const existing = getParameter(context, arn)
  const latest = existing && latestOf(context, existing)
  if ((input.Type ?? latest?.type) !== 'SecureString') return []
  const tier = input.Tier === 'Advanced' || existing?.tier === 'Advanced' ? 'Advanced' : 'Standard'
  return encryptionDemands(context, arn, input.KeyId ?? latest?.keyId ?? DEFAULT_KEY, tier)
}

const create = (
  input: PutParameterRequest,
  context: SsmContext,
  { arn, name }: Pick<ParameterRecord, 'arn' | 'name'>,
): PutParameterResult => {
  const { tx, account, region } = context
  const tags = withTags([], input.Tags)
  forgetParameter(tx, arn)
  const version = newVersion(context, input, { arn, version: 1 })
  checkRoom(context, version.tier)
  const expiresAt = expiresAtOf(version.policies)
  tx.parameterVersions.insert(version)
  tx.parameters.insert({
    arn,
    account,
    region,
    name,
    tier: version.tier,
    latestVersion: 1,
    labels: [],
    tags,
    ...(expiresAt !== undefined && { expiresAt }),
  })
  return { Version: 1, Tier: version.tier }
}

const overwrite = (input: PutParameterRequest, context: SsmContext, existing: ParameterRecord): PutParameterResult => {
  const { arn, latestVersion } = existing
  const version = newVersion(context, input, { arn, version: latestVersion + 1 }, latestOf(context, existing))
  if (version.tier !== existing.tier) checkRoom(context, version.tier)
  dropOldest(context, existing)
  context.tx.parameterVersions.insert(version)
  context.tx.parameters.update(arn, {
    tier: version.tier,
    latestVersion: version.version,
    expiresAt: expiresAtOf(version.policies),
  })
  return { Version: version.version, Tier: version.tier }
}

const alreadyExists = () =>
  fault(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  )
