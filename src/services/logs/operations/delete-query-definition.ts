/** DeleteQueryDefinition: forgets a saved query. */
import type { DeleteQueryDefinitionRequest, DeleteQueryDefinitionResponse } from '@aws-sdk/client-cloudwatch-logs'
import { onAnything } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { definitionNotFound } from '../faults.ts'
import { getDefinition } from '../query-definitions.ts'

export const deleteQueryDefinition: LogsOperation<DeleteQueryDefinitionRequest, DeleteQueryDefinitionResponse> = {
  access: onAnything,
  handle: ({ queryDefinitionId = '' }, context) => {
    if (getDefinition(context, queryDefinitionId) === undefined) throw definitionNotFound()
    context.tx.queryDefinitions.remove(queryDefinitionId)
    return { success: true }
  },
}
