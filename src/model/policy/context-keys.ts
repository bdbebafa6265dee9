/** The condition keys that a document asks for, in conditions and as variables. */
import type { PolicyDocument, PolicyStatement, PolicyVersion } from './document.ts'
import { operatorNamed } from './conditions.ts'
import { variablesIn } from './template.ts'

/** As the document spells them, each once, in the order of their first mention. */
export const contextKeysOf = ({ statements, version }: PolicyDocument): readonly string[] =>
  distinctKeys(statements.flatMap((statement) => statementKeys(statement, version)))

export const statementKeys = (statement: PolicyStatement, version: PolicyVersion): readonly string[] =>
  distinctKeys([
    ...resourceKeys(statement, version),
    ...statement.conditions.flatMap(({ operator, key, values }) => [
      key,
      ...(operatorNamed(operator)?.operator?.hasVariables ? variables(values, version) : []),
    ]),
  ])

/** Those that are needed to tell which resources the statement is about. */
export const resourceKeys = ({ resources }: PolicyStatement, version: PolicyVersion): readonly string[] =>
  distinctKeys(variables(resources?.patterns ?? [], version))

const variables = (values: readonly string[], version: PolicyVersion): readonly string[] =>
  version === '2012-10-17' ? values.flatMap(variablesIn) : []

const distinctKeys = (names: readonly string[]): readonly string[] => {
  const byKey = new Map<string, string>()
  for (const name of names) if (!byKey.has(name.toLowerCase())) byKey.set(name.toLowerCase(), name)
  return [...byKey.values()]
}
