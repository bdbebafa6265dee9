/** DescribeQueryDefinitions: saved queries in the order of their names. */
import type {
  DescribeQueryDefinitionsRequest,
  DescribeQueryDefinitionsResponse,
  QueryDefinition,
} from '@aws-sdk/client-cloudwatch-logs'
import { QUERY_LIST_PAGE } from '../../../model/log-limits.ts'
import type { QueryDefinitionRecord } from '../../../model/log-filter-records.ts'
import { logGroupRegionKey } from '../../../model/log-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { sortedPage } from '../../sorted-page.ts'
import { onAnything } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { invalidParameter, invalidToken } from '../faults.ts'
import { checkLanguage, LANGUAGE } from '../query-language.ts'

const describe = (definition: QueryDefinitionRecord): QueryDefinition => ({
  queryLanguage: LANGUAGE,
  queryDefinitionId: definition.queryDefinitionId,
  name: definition.name,
  queryString: definition.text,
  lastModified: definition.modifiedAt,
  logGroupNames: [...definition.groupNames],
  ...(definition.parameters.length > 0 && { parameters: [...definition.parameters] }),
})

export const describeQueryDefinitions: LogsOperation<
  DescribeQueryDefinitionsRequest,
  DescribeQueryDefinitionsResponse
> = {
  access: onAnything,
  handle: (input, context) => {
    checkLanguage(input.queryLanguage)
    checkConstraints(
      input,
      { maxResults: { min: 1, max: QUERY_LIST_PAGE.max }, queryDefinitionNamePrefix: { min: 1, max: 255 } },
      invalidParameter,
    )
    const { queryDefinitionNamePrefix: prefix = '', maxResults = QUERY_LIST_PAGE.usual, nextToken } = input
    const { tx, region, account } = context
    const { items, token } = sortedPage(context, {
      scope: JSON.stringify(['DescribeQueryDefinitions', prefix]),
      items: tx.queryDefinitions
        .find('inRegion', logGroupRegionKey(region, account))
        .filter(({ name }) => name.startsWith(prefix)),
      keyOf: ({ name, queryDefinitionId }) => `${name}\n${queryDefinitionId}`,
      size: maxResults,
      token: nextToken,
      invalidToken,
    })
    return { queryDefinitions: items.map(describe), ...(token !== undefined && { nextToken: token }) }
  },
}
