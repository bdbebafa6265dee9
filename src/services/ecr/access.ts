/**
 * What callers of Amazon ECR must be allowed to do. A repository's own policy counts.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
 */
import { repositoryArn } from '../../model/arn.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import { requestTagContext } from '../checked-tags.ts'
import type { Demand } from '../operations.ts'
import { onRepositoryArn } from '../ecr-demands.ts'
import type { EcrContext } from './context.ts'
import { type NamesRepository, registryOf } from './names.ts'

/** The operation's action on the repository that a request names, whether or not there is one. */
export const onRepository = (input: NamesRepository, context: EcrContext): readonly Demand[] => [
  demandOn(context, arnOf(context, input)),
]

/** Of lists without names, on all that there could be. */
export const onRepositories = (
  input: { readonly registryId?: string | undefined; readonly repositoryNames?: readonly string[] | undefined },
  context: EcrContext,
): readonly Demand[] =>
  (input.repositoryNames ?? ['*']).map((repositoryName) =>
    demandOn(context, arnOf(context, { ...input, repositoryName })),
  )

/** The action has no resource. */
export const onAnything = (): readonly Demand[] => [{ resource: '*' }]

/** Of operations that name a repository by its ARN and change its tags. */
export const onTagged = (context: EcrContext, arn: string, tags: readonly Tag[] = []): Demand =>
  withContext(demandOn(context, arn), requestTagContext(tags))

export const withContext = (demand: Demand, context: ContextValues): Demand => ({
  ...demand,
  context: { ...demand.context, ...context },
})

export const arnOf = (context: EcrContext, { repositoryName = '', ...input }: NamesRepository): string =>
  repositoryArn(context.region, registryOf(context, input), repositoryName)

const demandOn = ({ tx }: EcrContext, arn: string): Demand => onRepositoryArn(tx, arn, tx.repositories.get(arn))
