/** What is stored of repositories and their images, but for manifests and layers themselves, which the blob store keeps. */
import type { AuditEvent } from './audit-event.ts'
import type { Tag } from './records.ts'
import type { ReplicationRule } from './registry-rules.ts'

export type TagMutabilityMode = 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION'

export interface TagMutability {
  readonly mode: TagMutabilityMode
  /** Patterns with `*`, of tags that the mode is the other way round for. */
  readonly exclusions: readonly string[]
}

/** What images are encrypted with, once or twice. */
export interface ChosenEncryption {
  readonly type: 'KMS' | 'KMS_DSSE'
  readonly keyArn: string
}

export interface RepositoryEncryption extends ChosenEncryption {
  /** By which the registry may use the key; absent for one of AWS's. */
  readonly grantId?: string
}

export interface RepositoryRecord {
  readonly arn: string
  /** The registry's id. */
  readonly account: string
  readonly region: string
  readonly name: string
  /** Of this repository and none that had its name before. */
  readonly repositoryId: string
  readonly createdAt: number
  readonly tagMutability: TagMutability
  readonly isScannedOnPush: boolean
  /** Absent for the registry's own key. */
  readonly encryption?: RepositoryEncryption
  /** Policy documents as they were given. */
  readonly policyText?: string
  readonly lifecyclePolicyText?: string
  readonly lifecycleEvaluatedAt?: number
  readonly tags: readonly Tag[]
}

/** A manifest of a repository. */
export interface ImageRecord {
  readonly repositoryId: string
  readonly digest: string
  readonly mediaType: string
  readonly artifactType?: string
  /** Of the manifest. */
  readonly manifestBytes: number
  /** Of what it refers to in this repository, as the sender says; of an index, of its largest image. */
  readonly contentBytes: number
  readonly pushedAt: number
  readonly lastPulledAt?: number
  /** It is in the archive: kept, and not pulled. */
  readonly isArchived?: boolean
  /** When it last came into the archive, and out of it. */
  readonly lastArchivedAt?: number
  readonly lastActivatedAt?: number
  /** Digests of the configuration, the layers and the manifests that it refers to. */
  readonly references: readonly string[]
  /** Digest of the manifest that it is about. */
  readonly subject?: string
  readonly annotations: Readonly<Record<string, string>>
}

export interface ImageTagRecord {
  readonly repositoryId: string
  readonly tag: string
  readonly digest: string
  readonly taggedAt: number
}

/** A blob that may be pulled from a repository. */
export interface ImageLayerRecord {
  readonly repositoryId: string
  readonly digest: string
  readonly bytes: number
  /** When a push last asked for it or brought it. */
  readonly neededAt: number
}

/** A blob on its way into a repository. */
export interface LayerUploadRecord {
  readonly uploadId: string
  readonly repositoryId: string
  readonly startedAt: number
  /** Of uploads in parts of the API: bytes of the last one, and whether one before it was smaller than parts may be. */
  readonly lastPartBytes?: number
  readonly hasSmallPart?: boolean
}

/** What would become of a repository's images by a lifecycle policy; it is found out when it is asked for. */
export interface LifecyclePreviewRecord {
  readonly repositoryId: string
  readonly policyText: string
  readonly startedAt: number
}

/** What a lifecycle policy has done, until it stands in the audit trail. */
export interface LifecycleEventRecord {
  readonly repositoryArn: string
  readonly event: AuditEvent
}

/** What is set for a whole registry: those of an account in a region. */
export interface RegistrySettingsRecord {
  readonly account: string
  readonly region: string
  readonly policyText?: string
  /** Of repositories whose images are scanned when they are pushed; one item for each rule. */
  readonly scanOnPushFilters: readonly (readonly string[])[]
  /** Values by name, of those that differ from the default. */
  readonly accountSettings: Readonly<Record<string, string>>
  /** Where images go as well. */
  readonly replicationRules?: readonly ReplicationRule[]
  /** Users and roles whose pulls are not noted. */
  readonly pullTimeExclusions: readonly PullTimeExclusion[]
}

export interface PullTimeExclusion {
  readonly principalArn: string
  readonly createdAt: number
}

/** Key of images and layers, by digest, and of tags, by name. */
export const inRepository = (repositoryId: string, name: string): string => `${repositoryId}/${name}`

/** A tag that may not be given to another image. */
export const isImmutable = ({ mode, exclusions }: TagMutability, tag: string): boolean => {
  const isExcluded = exclusions.some((pattern) => matchesWildcard(pattern, tag))
  switch (mode) {
    case 'MUTABLE':
      return false
    case 'IMMUTABLE':
      return true
    case 'MUTABLE_WITH_EXCLUSION':
      return isExcluded
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !isExcluded
  }
}

/** Whether the text is what the pattern says, in which `*` stands for any characters. In time of the product of both lengths. */
export const matchesWildcard = (pattern: string, text: string): boolean => {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return text === pattern
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  const end = text.length - last.length
  let position = first.length
  for (const part of rest) {
    const found = text.indexOf(part, position)
    if (found === -1 || found + part.length > end) return false
    position = found + part.length
  }
  return position <= end
}
