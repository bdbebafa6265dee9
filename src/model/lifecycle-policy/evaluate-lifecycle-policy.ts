/**
 * Which images of a repository its rules remove or archive now.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
 */
import { matchesWildcard } from '../image-records.ts'
import { DAY_MS } from '../limits.ts'
import type { LifecycleImage, LifecycleOutcome, LifecycleRule } from './lifecycle-policy.ts'

/** AWS: artifacts whose subject is gone follow within 24 hours. One that was pushed before its subject is waited for as long. */
const ORPHAN_GRACE_MS = DAY_MS

/** `rules` are in the order of their priorities. Each image is in it once at most. It is to be done as a whole. */
export const evaluateLifecyclePolicy = (
  rules: readonly LifecycleRule[],
  images: readonly LifecycleImage[],
  now: number,
): readonly LifecycleOutcome[] => {
  const byDigest = new Map(images.map((image) => [image.digest, image]))
  const chosen = chosenByRules(
    rules,
    images.filter(({ subject }) => subject === undefined),
    now,
  )
  keepWhatIndexesNeed(chosen, images)
  const outcomes = new Map<string, LifecycleOutcome>(
    [...chosen].map(([digest, rule]) => [digest, { digest, action: rule.action, rule }]),
  )
  for (const image of images)
    for (const outcome of follower(image, chosen, byDigest, now)) outcomes.set(image.digest, outcome)
  // An artifact may be of an index, too.
  keepWhatIndexesNeed(outcomes, images)
  return [...outcomes.values()]
}

/** What an image that no rule of better priority was for is chosen by. */
const chosenByRules = (
  rules: readonly LifecycleRule[],
  images: readonly LifecycleImage[],
  now: number,
): Map<string, LifecycleRule> => {
  const chosen = new Map<string, LifecycleRule>()
  const claimed = new Set<string>()
  for (const rule of rules) {
    const matching = images.filter((image) => isFor(rule, image))
    // AWS: images that are of a better rule count as if they stayed.
    for (const { digest } of exceeding(rule, matching, now)) if (!claimed.has(digest)) chosen.set(digest, rule)
    for (const { digest } of matching) claimed.add(digest)
  }
  return chosen
}

const isFor = (rule: LifecycleRule, { storageClass, tags }: LifecycleImage): boolean => {
  if (rule.storageClass !== storageClass) return false
  if (rule.tagStatus === 'any') return true
  if (rule.tagStatus === 'untagged') return tags.length === 0
  const { tagPrefixes, tagPatterns } = rule
  return (
    tags.length > 0 &&
    tagPrefixes.every((prefix) => tags.some((tag) => tag.startsWith(prefix))) &&
    tagPatterns.every((pattern) => tags.some((tag) => matchesWildcard(pattern, tag)))
  )
}

const exceeding = (
  { countType, countNumber }: LifecycleRule,
  images: readonly LifecycleImage[],
  now: number,
): readonly LifecycleImage[] => {
  if (countType === 'imageCountMoreThan')
    return images.toSorted((a, b) => storedAt(b) - storedAt(a) || (a.digest < b.digest ? -1 : 1)).slice(countNumber)
  const before = now - countNumber * DAY_MS
  return images.filter((image) => timeOf(countType, image) < before)
}

/** AWS: an image that came back from the archive begins anew. */
const storedAt = ({ pushedAt, lastActivatedAt }: LifecycleImage): number => lastActivatedAt ?? pushedAt

const timeOf = (
  countType: Exclude<LifecycleRule['countType'], 'imageCountMoreThan'>,
  image: LifecycleImage,
): number => {
  switch (countType) {
    case 'sinceImagePushed':
      return storedAt(image)
    case 'sinceImagePulled':
      return Math.max(image.lastPulledAt ?? image.pushedAt, image.lastActivatedAt ?? 0)
    case 'sinceImageTransitioned':
      return image.lastArchivedAt ?? Number.POSITIVE_INFINITY
  }
}

/** An image of an index stays as it is until the index has gone the same way. */
const keepWhatIndexesNeed = (
  chosen: Map<string, Pick<LifecycleOutcome, 'action'>>,
  images: readonly LifecycleImage[],
): void => {
  // What indexes of indexes need is known when the outer ones are: those that stay tell theirs, and so on.
  const isSafe = (index: LifecycleImage, digest: string): boolean => {
    const [action, wanted] = [chosen.get(index.digest)?.action, chosen.get(digest)?.action]
    if (action === 'EXPIRE' || action === wanted) return true
    return wanted === 'TRANSITION' && index.storageClass === 'ARCHIVE'
  }
  const indexes = images.filter(({ manifests }) => manifests.length > 0)
  for (let isSettled = false; !isSettled;) {
    isSettled = true
    for (const index of indexes)
      for (const digest of index.manifests)
        if (chosen.has(digest) && !isSafe(index, digest)) {
          chosen.delete(digest)
          isSettled = false
        }
  }
}

/** Artifacts about an image, and those about them, go where it goes. */
const follower = (
  image: LifecycleImage,
  chosen: ReadonlyMap<string, LifecycleRule>,
  byDigest: ReadonlyMap<string, LifecycleImage>,
  now: number,
): readonly LifecycleOutcome[] => {
  const { digest, subject, storageClass, pushedAt } = image
  if (subject === undefined) return []
  const root = rootOf(image, byDigest)
  if (root === undefined) return now - pushedAt > ORPHAN_GRACE_MS ? [{ digest, action: 'EXPIRE' }] : []
  const rule = chosen.get(root.digest)
  if (rule !== undefined && (rule.action === 'EXPIRE' || storageClass === 'STANDARD'))
    return [{ digest, action: rule.action, rule }]
  return rule === undefined && root.storageClass === 'ARCHIVE' && storageClass === 'STANDARD'
    ? [{ digest, action: 'TRANSITION' }]
    : []
}

/** The image at the end of the chain of subjects; undefined if one is missing. */
const rootOf = (image: LifecycleImage, byDigest: ReadonlyMap<string, LifecycleImage>): LifecycleImage | undefined => {
  let root: LifecycleImage | undefined = image
  // A digest cannot be known before its content: there are no circles.
  while (root?.subject !== undefined) root = byDigest.get(root.subject)
  return root
}
