/** What is configured of a registry as a whole, and which of its rules counts for a repository. A registry is an account's in a region. */
import type { ChosenEncryption, TagMutability } from './image-records.ts'
import type { Tag } from './records.ts'

export interface RegistryId {
  readonly account: string
  readonly region: string
}

/** Stands for every repository where a prefix is asked for. */
export const ROOT_PREFIX = 'ROOT'

/** Key of what a registry has by prefix, and the registry's own. */
export const registryKey = ({ account, region }: RegistryId): string => `${account}/${region}`
export const prefixKey = (registry: RegistryId, prefix: string): string => `${registryKey(registry)}/${prefix}`

export type CreationReason = 'PULL_THROUGH_CACHE' | 'REPLICATION' | 'CREATE_ON_PUSH'

/** What repositories are like that nobody made by CreateRepository. */
export interface CreationTemplateRecord extends RegistryId {
  readonly prefix: string
  readonly description?: string
  readonly tags: readonly Tag[]
  readonly tagMutability: TagMutability
  /** Absent for the registry's own key. */
  readonly encryption?: ChosenEncryption
  /** Documents as they were given. */
  readonly policyText?: string
  readonly lifecyclePolicyText?: string
  readonly appliedFor: readonly CreationReason[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** Repositories of a prefix are those of another registry. */
export interface PullThroughRuleRecord extends RegistryId {
  readonly prefix: string
  /** As it was given: a host, or a URL. */
  readonly upstreamUrl: string
  /** What AWS calls that registry. */
  readonly upstreamName?: string
  readonly upstreamPrefix: string
  /** Of Secrets Manager. */
  readonly credentialArn?: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** When a tag was last compared with upstream. */
export interface UpstreamTagRecord {
  readonly repositoryId: string
  readonly tag: string
  readonly checkedAt: number
}

/** The prefixes that count for a repository, the longest first. */
export const prefixesOf = (name: string): readonly string[] => {
  const parts = name.split('/').slice(0, -1)
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ROOT_PREFIX]
}

/** What a repository of a rule is called upstream. */
export const upstreamNameOf = (
  { prefix, upstreamPrefix }: Pick<PullThroughRuleRecord, 'prefix' | 'upstreamPrefix'>,
  name: string,
): string => {
  const rest = prefix === ROOT_PREFIX ? name : name.slice(prefix.length + 1)
  return upstreamPrefix === ROOT_PREFIX ? rest : `${upstreamPrefix}/${rest}`
}

/** Where images go as well, and of which repositories. */
export interface ReplicationRule {
  readonly destinations: readonly RegistryId[]
  /** Beginnings of names; none for all repositories. */
  readonly prefixes: readonly string[]
}

/** Where the registry of a destination is reached. */
export interface ReplicationEndpoint extends RegistryId {
  readonly url: string
  /** Absent for one that takes any. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** An image on its way to another registry, or there. */
export interface ImageReplicationRecord {
  readonly repositoryId: string
  readonly digest: string
  readonly destination: RegistryId
  /** That it is to have there. */
  readonly tags: readonly string[]
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'
  readonly failureCode?: string
  /** Of an index, where it was one of its images that failed. */
  readonly subImageFailureCode?: string
  /** Since it was last asked for. */
  readonly failures: number
  /** The last of them ends it; absent for as many as pushed images have. */
  readonly failuresAllowed?: number
  readonly dueAt: number
}

/** Whatever it was that failed: the log says more. */
export const DESTINATION_UNAVAILABLE = 'DestinationUnavailable'

export const isSameRegistry = (one: RegistryId, other: RegistryId): boolean => registryKey(one) === registryKey(other)

/** What a registry says to another one when it brings images that were pushed to it. */
export const REPLICATION_HEADER = 'longshore-replication'
