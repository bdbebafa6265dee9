/** What a caller must be allowed to do with a repository, be it by the API or by the registry. */
import type { RepositoryRecord } from '../model/image-records.ts'
import { parseArn } from '../model/arn.ts'
import { repositoryRegionKey } from '../store/images/image-tables.ts'
import type { ReadTables } from '../store/tables.ts'
import type { Demand } from './operations.ts'

/** The policy of the repository itself counts, and that of its registry; `record` is undefined where there is none. */
export const onRepositoryArn = (tables: ReadTables, arn: string, record: RepositoryRecord | undefined): Demand => ({
  resource: arn,
  context: Object.fromEntries(
    (record?.tags ?? []).flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`ecr:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  ),
  ...resourcePolicyOf([record?.policyText, registryPolicyOf(tables, arn)].filter((text) => text !== undefined)),
})

/** AWS: with the policy scope V2, which is the only one there is, the policy of a registry is for every action. */
const registryPolicyOf = ({ registrySettings }: ReadTables, arn: string): string | undefined => {
  if (registrySettings.size === 0) return undefined
  const { region = '', account = '' } = parseArn(arn) ?? {}
  return registrySettings.get(repositoryRegionKey(region, account))?.policyText
}

/** What both say counts, as if it stood in one. */
const resourcePolicyOf = (texts: readonly string[]): Pick<Demand, 'resourcePolicy'> => {
  const [first, second] = texts
  if (first === undefined) return {}
  return { resourcePolicy: second === undefined ? first : joined(first, second) }
}

const joined = (first: string, second: string): string => {
  const documents = [first, second].map(
    (text) => JSON.parse(text) as { Version?: string; Statement: object | object[] },
  )
  return JSON.stringify({
    Version: documents.find(({ Version }) => Version !== undefined)?.Version ?? '2008-10-17',
    Statement: documents.flatMap(({ Statement }) => Statement),
  })
}
