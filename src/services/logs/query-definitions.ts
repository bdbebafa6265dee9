/** Saved queries by their ids. */
import type { QueryDefinitionRecord } from '../../model/log-filter-records.ts'
import type { LogsContext } from './context.ts'

/** Undefined for those of others, too. */
export const getDefinition = ({ tx, account, region }: LogsContext, id: string): QueryDefinitionRecord | undefined => {
  const definition = tx.queryDefinitions.get(id)
  return definition?.account === account && definition.region === region ? definition : undefined
}
