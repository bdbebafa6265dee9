/**
 * Rules by which images leave a repository, or its usual storage class, by themselves.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */

export type StorageClass = 'STANDARD' | 'ARCHIVE'
export type CountType = 'imageCountMoreThan' | 'sinceImagePushed' | 'sinceImagePulled' | 'sinceImageTransitioned'
export type LifecycleAction = 'EXPIRE' | 'TRANSITION'

export interface LifecycleRule {
  /** The lowest comes first. */
  readonly priority: number
  readonly description?: string
  readonly tagStatus: 'tagged' | 'untagged' | 'any'
  /** An image has to have a tag for each of them. Empty unless tagged, like the patterns; one of both is given. */
  readonly tagPrefixes: readonly string[]
  /** Likewise, with `*` for any characters. */
  readonly tagPatterns: readonly string[]
  /** Which images it is for. */
  readonly storageClass: StorageClass
  readonly countType: CountType
  /** Images that stay, or days. */
  readonly countNumber: number
  readonly action: LifecycleAction
}

/** What of an image decides. Times are milliseconds since the epoch. */
export interface LifecycleImage {
  readonly digest: string
  readonly tags: readonly string[]
  readonly storageClass: StorageClass
  readonly pushedAt: number
  readonly lastPulledAt?: number
  /** When it last came into the archive, and out of it. */
  readonly lastArchivedAt?: number
  readonly lastActivatedAt?: number
  /** Digests of manifests, if it is an index. */
  readonly manifests: readonly string[]
  /** Digest of what it is about. */
  readonly subject?: string
}

/** What becomes of an image. */
export interface LifecycleOutcome {
  readonly digest: string
  readonly action: LifecycleAction
  /** Absent for an artifact whose subject went before. */
  readonly rule?: LifecycleRule
}
