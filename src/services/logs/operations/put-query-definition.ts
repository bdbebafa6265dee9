/** PutQueryDefinition: saves a query under a name, or changes one that is saved. */
import type {
  PutQueryDefinitionRequest,
  PutQueryDefinitionResponse,
  QueryParameter,
} from '@aws-sdk/client-cloudwatch-logs'
import { compact } from '../../../kit/compact.ts'
import { INSIGHTS_QUERY_LENGTH } from '../../../model/limits.ts'
import { INSIGHTS_GROUPS_PER_QUERY, QUERY_DEFINITIONS_PER_REGION } from '../../../model/log-limits.ts'
import type { QueryParameterRecord } from '../../../model/log-filter-records.ts'
import { logGroupRegionKey } from '../../../model/log-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { definitionNotFound, invalidParameter, limitExceeded } from '../faults.ts'
import { checkNames } from '../names.ts'
import { getDefinition } from '../query-definitions.ts'
import { checkLanguage } from '../query-language.ts'

const check = (input: PutQueryDefinitionRequest): void => {
  checkLanguage(input.queryLanguage)
  checkConstraints(
    input,
    {
      name: { min: 1, max: 255 },
      queryString: { min: 1, max: INSIGHTS_QUERY_LENGTH },
      queryDefinitionId: { min: 0, max: 256 },
      logGroupNames: { min: 0, max: INSIGHTS_GROUPS_PER_QUERY },
      clientToken: { min: 36, max: 128 },
    },
    invalidParameter,
  )
  for (const logGroupName of input.logGroupNames ?? []) checkNames({ logGroupName })
}

/** Queries say `{{name}}` for them; whoever starts a query puts values in their places. */
const parameterOf = ({ name = '', defaultValue, description }: QueryParameter): QueryParameterRecord => {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw invalidParameter('The name of a query parameter is not valid.')
  return compact({ name, defaultValue, description })
}

const idOf = (context: LogsContext, queryDefinitionId: string | undefined): string => {
  if (queryDefinitionId === undefined) {
    if (context.tx.queryDefinitions.findSize('inRegion', regionOf(context)) >= QUERY_DEFINITIONS_PER_REGION)
      throw limitExceeded('Resource limit exceeded.')
    return context.ids.uuid()
  }
  if (getDefinition(context, queryDefinitionId) === undefined) throw definitionNotFound()
  return queryDefinitionId
}

const regionOf = ({ region, account }: LogsContext): string => logGroupRegionKey(region, account)

export const putQueryDefinition: LogsOperation<PutQueryDefinitionRequest, PutQueryDefinitionResponse> = {
  access: onAnything,
  clientToken: { of: ({ clientToken }) => clientToken, scope: () => '' },
  handle: (input, context) => {
    check(input)
    const { name = '', queryString: text = '', logGroupNames: groupNames = [], parameters = [] } = input
    const { account, region, now: modifiedAt } = context
    const queryDefinitionId = idOf(context, input.queryDefinitionId)
    context.tx.queryDefinitions.put({
      queryDefinitionId,
      account,
      region,
      name,
      text,
      groupNames,
      parameters: parameters.map(parameterOf),
      modifiedAt,
    })
    return { queryDefinitionId }
  },
}
