/** DescribeParameters: everything of parameters but their values, in the order of their names. */
import type { DescribeParametersRequest, DescribeParametersResult, ParameterMetadata } from '@aws-sdk/client-ssm'
import { DESCRIBE_PARAMETERS_PAGE } from '../../../model/limits.ts'
import { type ParameterRecord, parameterRegionKey } from '../../../model/parameter-records.ts'
import { onAnything } from '../access.ts'
import type { SsmContext, SsmOperation } from '../context.ts'
import { describeMetadata } from '../describe.ts'
import { describeMatches } from '../filters.ts'
import { isExpired, latestOf } from '../lookups.ts'
import { page } from '../page.ts'

export const describeParameters: SsmOperation<DescribeParametersRequest, DescribeParametersResult> = {
  access: (_input, context) => [onAnything(context)],
  handle: (input, context) => {
    const { items, nextToken } = described(input, context)
    return { Parameters: items, ...(nextToken !== undefined && { NextToken: nextToken }) }
  },
}

const described = (input: DescribeParametersRequest, context: SsmContext) => {
  const { ParameterFilters: filters, Filters: oldFilters, Shared: shared = false } = input
  const matches = describeMatches(filters, oldFilters)
  const owner = parameterRegionKey(context.region, context.account)
  return page<ParameterRecord, ParameterMetadata>(context, input, {
    scope: ['DescribeParameters', filters, oldFilters, shared],
    sizes: DESCRIBE_PARAMETERS_PAGE,
    // Nobody shares parameters with other accounts here.
    rowsAfter: (position) => (shared ? [] : context.tx.parameters.iterateAfter('inRegion', owner, position)),
    keyOf: ({ arn }) => arn,
    itemOf: (parameter) => {
      const found = { parameter, version: latestOf(context, parameter) }
      return !isExpired(parameter, context.now) && matches(found) ? describeMetadata(found) : undefined
    },
  })
}
