/** GetParametersByPath: the parameters below a path, in the order of their names. A filter by label gives the versions that have it. */
import type { GetParametersByPathRequest, GetParametersByPathResult, Parameter } from '@aws-sdk/client-ssm'
import { parameterArn } from '../../../model/arn.ts'
import { PARAMETERS_BY_PATH_PAGE } from '../../../model/limits.ts'
import { type ParameterRecord, parameterRegionKey } from '../../../model/parameter-records.ts'
import type { Demand } from '../../operations.ts'
import type { SsmContext, SsmOperation } from '../context.ts'
import { describeParameter } from '../describe.ts'
import { pathMatches } from '../filters.ts'
import { type Found, getVersion, isExpired } from '../lookups.ts'
import { checkPath } from '../names.ts'
import { type Page, page } from '../page.ts'
import { decryptionDemands } from '../values.ts'

export const getParametersByPath: SsmOperation<GetParametersByPathRequest, GetParametersByPathResult> = {
  access: (input, context) => [
    {
      resource: parameterArn(context.region, context.account, input.Path ?? ''),
      context: { 'ssm:recursive': [String(input.Recursive === true)] },
    },
    ...keyDemands(input, context),
  ],
  handle: (input, context) => {
    const { items, nextToken } = foundBy(input, context)
    return {
      Parameters: items.map((found): Parameter => describeParameter(context, found, input.WithDecryption)),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    }
  },
}

/** For each key among those that the values on the page are encrypted with. */
const keyDemands = (input: GetParametersByPathRequest, context: SsmContext): readonly Demand[] =>
  input.WithDecryption === true
    ? foundBy(input, context).items.flatMap(({ version }) => decryptionDemands(context, version, true))
    : []

const foundBy = (input: GetParametersByPathRequest, context: SsmContext): Page<Found> => {
  const { Path: path = '', Recursive: recursive = false, ParameterFilters: filters = [] } = input
  checkPath(path)
  const { matches, labels } = pathMatches(filters)
  const prefix = `${parameterArn(context.region, context.account, path).replace(/\/$/, '')}/`
  return page<ParameterRecord, Found>(context, input, {
    scope: ['GetParametersByPath', path, recursive, filters],
    sizes: PARAMETERS_BY_PATH_PAGE,
    rowsAfter: (position) => below(context, prefix, position),
    keyOf: ({ arn }) => arn,
    itemOf: (parameter) => {
      const isInside = recursive || !parameter.arn.includes('/', prefix.length)
      const found = isInside ? versionWanted(context, parameter, labels) : undefined
      return found && matches(found) ? found : undefined
    },
  })
}

const versionWanted = (
  context: SsmContext,
  parameter: ParameterRecord,
  labels: readonly string[] | undefined,
): Found | undefined => {
  const selector = labels && parameter.labels.find(({ label }) => labels.includes(label))?.label
  if (isExpired(parameter, context.now) || (labels !== undefined && selector === undefined)) return undefined
  const version = getVersion(context, parameter, selector)
  return version && { parameter, version, ...(selector !== undefined && { selector }) }
}

/** Parameters whose ARN begins so, after a position. */
function* below(context: SsmContext, prefix: string, position: string): Iterable<ParameterRecord> {
  const owner = parameterRegionKey(context.region, context.account)
  const from = position === '' ? prefix : position
  for (const parameter of context.tx.parameters.iterateAfter('inRegion', owner, from)) {
    if (!parameter.arn.startsWith(prefix)) return
    yield parameter
  }
}
