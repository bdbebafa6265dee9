/** StartLifecyclePolicyPreview, GetLifecyclePolicyPreview: what a lifecycle policy would do, before it does. */
import type {
  GetLifecyclePolicyPreviewRequest,
  GetLifecyclePolicyPreviewResponse,
  LifecyclePolicyPreviewResult,
  LifecyclePolicyPreviewSummary,
  StartLifecyclePolicyPreviewRequest,
  StartLifecyclePolicyPreviewResponse,
} from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import type { LifecyclePreviewRecord, RepositoryRecord } from '../../../model/image-records.ts'
import { DAY_MS } from '../../../model/limits.ts'
import { type LifecycleStep, planLifecycle } from '../../../store/images/lifecycle.ts'
import { onRepository } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { invalidParameter, previewNotFound } from '../faults.ts'
import { checkedFilter, isOfTagStatus } from '../image-filters.ts'
import { checkImageIds } from '../image-ids.ts'
import { checkLifecyclePolicy } from '../lifecycle-text.ts'
import { requireRepository } from '../lookups.ts'
import { page } from '../page.ts'
import { requireLifecyclePolicy } from './lifecycle-policies.ts'

/** How long results can be asked for. */
const PREVIEW_MS = DAY_MS
const PAGE = { usual: 100, max: 100 } as const

export const startLifecyclePolicyPreview: EcrOperation<
  StartLifecyclePolicyPreviewRequest,
  StartLifecyclePolicyPreviewResponse
> = {
  access: onRepository,
  handle: ({ lifecyclePolicyText, ...input }, context) => {
    const repository = requireRepository(context, input)
    const policyText = lifecyclePolicyText ?? requireLifecyclePolicy(repository)
    if (lifecyclePolicyText !== undefined) checkLifecyclePolicy(lifecyclePolicyText)
    const { repositoryId } = repository
    context.tx.lifecyclePreviews.put({ repositoryId, policyText, startedAt: context.now })
    return { ...describe(repository, policyText), status: 'IN_PROGRESS' }
  },
}

export const getLifecyclePolicyPreview: EcrOperation<
  GetLifecyclePolicyPreviewRequest,
  GetLifecyclePolicyPreviewResponse
> = {
  access: onRepository,
  handle: (request, context) => {
    const repository = requireRepository(context, request)
    const preview = requirePreview(context, repository)
    const described = describe(repository, preview.policyText)
    if (context.now - preview.startedAt > PREVIEW_MS) return { ...described, status: 'EXPIRED', previewResults: [] }
    const steps = planLifecycle(context.tx, repository.repositoryId, preview.policyText, preview.startedAt)
    const { tagStatus } = checkedFilter(request.filter)
    const wanted = steps.filter((step) => isOfTagStatus(step.tags.length > 0, tagStatus) && isNamed(request, step))
    return { ...described, status: 'COMPLETE', ...pageOf(context, request, preview, wanted), summary: summary(steps) }
  },
}

const requirePreview = (context: EcrContext, { repositoryId, name, account }: RepositoryRecord) => {
  const preview = context.tx.lifecyclePreviews.get(repositoryId)
  if (preview !== undefined) return preview
  throw previewNotFound(
    `Lifecycle policy preview does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  )
}

/** All are, where no names are given. */
const isNamed = ({ imageIds }: GetLifecyclePolicyPreviewRequest, { image, tags }: LifecycleStep): boolean =>
  imageIds === undefined ||
  imageIds.some(
    ({ imageDigest, imageTag }) =>
      (imageDigest ?? imageTag) !== undefined &&
      (imageDigest === undefined || imageDigest === image.digest) &&
      (imageTag === undefined || tags.includes(imageTag)),
  )

const pageOf = (
  context: EcrContext,
  request: GetLifecyclePolicyPreviewRequest,
  { repositoryId, startedAt }: LifecyclePreviewRecord,
  steps: readonly LifecycleStep[],
): Pick<GetLifecyclePolicyPreviewResponse, 'previewResults' | 'nextToken'> => {
  const { imageIds, maxResults, nextToken, filter } = request
  if (imageIds !== undefined) {
    if ((maxResults ?? nextToken) !== undefined)
      throw invalidParameter('maxResults and nextToken cannot be given with imageIds.')
    checkImageIds(imageIds)
    return { previewResults: steps.map(describeStep) }
  }
  const scope = ['GetLifecyclePolicyPreview', repositoryId, startedAt, filter?.tagStatus]
  const { items, rest } = page(context, request, scope, steps, ({ digest }) => digest, PAGE)
  return { previewResults: items.map(describeStep), ...rest }
}

const describeStep = ({ image, tags, action, rule }: LifecycleStep): LifecyclePolicyPreviewResult => ({
  ...(tags.length > 0 && { imageTags: [...tags] }),
  imageDigest: image.digest,
  imagePushedAt: dateOf(image.pushedAt),
  action: action === 'EXPIRE' ? { type: 'EXPIRE' } : { type: 'TRANSITION', targetStorageClass: 'ARCHIVE' },
  ...(rule && { appliedRulePriority: rule.priority }),
  storageClass: image.isArchived === true ? 'ARCHIVE' : 'STANDARD',
})

const summary = (steps: readonly LifecycleStep[]): LifecyclePolicyPreviewSummary => {
  const expiring = steps.filter(({ action }) => action === 'EXPIRE').length
  const transitioning = steps.length - expiring
  return {
    expiringImageTotalCount: expiring,
    ...(transitioning > 0 && {
      transitioningImageTotalCounts: [{ targetStorageClass: 'ARCHIVE', imageTotalCount: transitioning }],
    }),
  }
}

const describe = ({ account, name }: RepositoryRecord, lifecyclePolicyText: string) => ({
  registryId: account,
  repositoryName: name,
  lifecyclePolicyText,
})
