/** What a lifecycle policy means for the images that a repository has now, and doing it. */
import { isIndexType } from '../../model/image-manifest.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import { evaluateLifecyclePolicy } from '../../model/lifecycle-policy/evaluate-lifecycle-policy.ts'
import type { LifecycleImage, LifecycleOutcome } from '../../model/lifecycle-policy/lifecycle-policy.ts'
import { parseLifecyclePolicy } from '../../model/lifecycle-policy/parse-lifecycle-policy.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { archiveImage } from './archive-image.ts'
import { removeImage } from './remove-image.ts'

export type LifecycleStep = LifecycleOutcome & { readonly image: ImageRecord; readonly tags: readonly string[] }

/** What is to be done. `policyText` was checked when it came. */
export const planLifecycle = (
  tables: ReadTables,
  repositoryId: string,
  policyText: string,
  now: number,
): readonly LifecycleStep[] => {
  const all = tables.images.find('byRepository', repositoryId).map((image) => ({ image, tags: tagsOf(tables, image) }))
  const byDigest = new Map(all.map((each) => [each.image.digest, each]))
  const seen = all.map(({ image, tags }) => lifecycleImage(image, tags))
  return evaluateLifecyclePolicy(parseLifecyclePolicy(policyText), seen, now).flatMap((outcome) => {
    const found = byDigest.get(outcome.digest)
    return found ? [{ ...outcome, ...found }] : []
  })
}

/** Does it, and gives what was done. Nothing without a policy. */
export const runLifecycle = (tx: Transaction, repository: RepositoryRecord, now: number): readonly LifecycleStep[] => {
  const { arn, repositoryId, lifecyclePolicyText } = repository
  if (lifecyclePolicyText === undefined) return []
  const steps = planLifecycle(tx, repositoryId, lifecyclePolicyText, now)
  for (const { image, action } of steps)
    if (action === 'EXPIRE') removeImage(tx, image)
    else archiveImage(tx, image, now)
  tx.repositories.update(arn, { lifecycleEvaluatedAt: now })
  return steps
}

const tagsOf = (tables: ReadTables, { repositoryId, digest }: ImageRecord): readonly string[] =>
  tables.imageTags
    .find('byImage', inRepository(repositoryId, digest))
    .map(({ tag }) => tag)
    .toSorted()

const lifecycleImage = (image: ImageRecord, tags: readonly string[]): LifecycleImage => {
  const { digest, mediaType, references, isArchived = false, pushedAt } = image
  const { lastPulledAt, lastArchivedAt, lastActivatedAt, subject } = image
  return {
    digest,
    tags,
    storageClass: isArchived ? 'ARCHIVE' : 'STANDARD',
    pushedAt,
    ...(lastPulledAt !== undefined && { lastPulledAt }),
    ...(lastArchivedAt !== undefined && { lastArchivedAt }),
    ...(lastActivatedAt !== undefined && { lastActivatedAt }),
    manifests: isIndexType(mediaType) ? references : [],
    ...(subject !== undefined && { subject }),
  }
}
