/** What a caller must be allowed to do with a repository, be it by the API or by the registry. */
import type { RepositoryRecord } from '../model/image-records.ts'
import type { Demand } from './operations.ts'

/** The policy of the repository itself counts; `record` is undefined where there is none. */
export const onRepositoryArn = (arn: string, record: RepositoryRecord | undefined): Demand => ({
  resource: arn,
  context: Object.fromEntries(
    (record?.tags ?? []).flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`ecr:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  ),
  ...(record?.policyText !== undefined && { resourcePolicy: record.policyText }),
})
