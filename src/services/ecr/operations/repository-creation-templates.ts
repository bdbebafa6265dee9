/** CreateRepositoryCreationTemplate and its like: what repositories are like that come to be by pushes, pulls through the cache, and replication. */
import type {
  CreateRepositoryCreationTemplateRequest,
  CreateRepositoryCreationTemplateResponse,
  DeleteRepositoryCreationTemplateRequest,
  DeleteRepositoryCreationTemplateResponse,
  DescribeRepositoryCreationTemplatesRequest,
  DescribeRepositoryCreationTemplatesResponse,
  RepositoryCreationTemplate,
  UpdateRepositoryCreationTemplateRequest,
  UpdateRepositoryCreationTemplateResponse,
} from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import {
  type CreationReason,
  type CreationTemplateRecord,
  prefixKey,
  registryKey,
} from '../../../model/registry-rules.ts'
import { checkedTags } from '../../checked-tags.ts'
import { checkConstraints } from '../../constraints.ts'
import type { Demand } from '../../operations.ts'
import { onAnything } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { describeEncryption, describeMutability } from '../describe.ts'
import { invalidParameter, limitExceeded, tagFaults, templateExists, templateNotFound } from '../faults.ts'
import { checkLifecyclePolicy } from '../lifecycle-text.ts'
import { page } from '../page.ts'
import { checkPrefix } from '../prefixes.ts'
import { checkedEncryption, encryptionDemands } from '../repository-keys.ts'
import { checkedMutability } from '../repository-settings.ts'
import { describeTags, tagsOf } from '../tags.ts'
import { checkPolicy } from './repository-policies.ts'

const REASONS: readonly CreationReason[] = ['PULL_THROUGH_CACHE', 'REPLICATION', 'CREATE_ON_PUSH']
/** Source: Amazon ECR quotas. */
const TEMPLATES_PER_REGISTRY = 50

type Settings = Partial<CreateRepositoryCreationTemplateRequest>

/** Of repositories that the template makes, nobody is asked about the key any more. */
const onSettings = (input: Settings, context: EcrContext): readonly Demand[] => [
  ...onAnything(),
  ...encryptionDemands(context, input.encryptionConfiguration),
]

export const createRepositoryCreationTemplate: EcrOperation<
  CreateRepositoryCreationTemplateRequest,
  CreateRepositoryCreationTemplateResponse
> = {
  access: onSettings,
  handle: ({ prefix = '', ...settings }, context) => {
    const { tx, account, region, now } = context
    checkPrefix('prefix', prefix)
    const registry = { account, region }
    if (tx.creationTemplates.has(prefixKey(registry, prefix)))
      throw templateExists(`The template with prefix '${prefix}' already exists in the registry with id '${account}'`)
    if (tx.creationTemplates.findSize('byRegistry', registryKey(registry)) >= TEMPLATES_PER_REGISTRY)
      throw limitExceeded(`A registry has at most ${TEMPLATES_PER_REGISTRY} repository creation templates.`)
    const { tags, tagMutability, appliedFor, ...rest } = checked(context, settings)
    if (appliedFor === undefined) throw invalidParameter('appliedFor is missing.')
    const template = tx.creationTemplates.insert({
      ...registry,
      prefix,
      tags: tags ?? [],
      tagMutability: tagMutability ?? checkedMutability(undefined, undefined),
      appliedFor,
      ...rest,
      createdAt: now,
      updatedAt: now,
    })
    return { registryId: account, repositoryCreationTemplate: describe(template) }
  },
}

export const updateRepositoryCreationTemplate: EcrOperation<
  UpdateRepositoryCreationTemplateRequest,
  UpdateRepositoryCreationTemplateResponse
> = {
  access: onSettings,
  handle: ({ prefix = '', ...settings }, context) => {
    const { account, region, tx, now } = context
    requireTemplate(context, prefix)
    const changes = { ...checked(context, settings), updatedAt: now }
    const template = tx.creationTemplates.update(prefixKey({ account, region }, prefix), changes)
    return { registryId: account, repositoryCreationTemplate: describe(template) }
  },
}

export const deleteRepositoryCreationTemplate: EcrOperation<
  DeleteRepositoryCreationTemplateRequest,
  DeleteRepositoryCreationTemplateResponse
> = {
  access: onAnything,
  handle: ({ prefix = '' }, context) => {
    const { account, region, tx } = context
    const template = requireTemplate(context, prefix)
    tx.creationTemplates.remove(prefixKey({ account, region }, prefix))
    return { registryId: account, repositoryCreationTemplate: describe(template) }
  },
}

export const describeRepositoryCreationTemplates: EcrOperation<
  DescribeRepositoryCreationTemplatesRequest,
  DescribeRepositoryCreationTemplatesResponse
> = {
  access: onAnything,
  handle: (request, context) => {
    const { account, region, tx } = context
    const { prefixes, maxResults, nextToken } = request
    if (prefixes !== undefined && (maxResults ?? nextToken) !== undefined)
      throw invalidParameter('maxResults and nextToken cannot be given with prefixes.')
    const all =
      prefixes?.map((prefix) => requireTemplate(context, prefix)) ??
      tx.creationTemplates.find('byRegistry', registryKey({ account, region }))
    const scope = ['DescribeRepositoryCreationTemplates']
    const { items, rest } = page(context, request, scope, all, ({ prefix }) => prefix)
    return { registryId: account, repositoryCreationTemplates: items.map(describe), ...rest }
  },
}

/** Throws `TemplateNotFoundException`. */
const requireTemplate = ({ tx, account, region }: EcrContext, prefix: string): CreationTemplateRecord => {
  checkPrefix('prefix', prefix)
  const template = tx.creationTemplates.get(prefixKey({ account, region }, prefix))
  if (template !== undefined) return template
  throw templateNotFound(`The template with prefix '${prefix}' does not exist in the registry with id '${account}'`)
}

/** What is given, as it is stored. Throws `InvalidParameterException`. */
const checked = (context: EcrContext, settings: Settings) => {
  const {
    description,
    resourceTags,
    imageTagMutability: mode,
    repositoryPolicy,
    lifecyclePolicy,
    appliedFor,
  } = settings
  const { encryptionConfiguration, customRoleArn, imageTagMutabilityExclusionFilters: filters } = settings
  checkConstraints({ description }, { description: { max: 256 } }, invalidParameter)
  // AWS: needed for tags and keys, which nobody has to be asked for here.
  if (customRoleArn !== undefined)
    throw invalidParameter('customRoleArn cannot be given: repositories are made without a role.')
  if (repositoryPolicy !== undefined && repositoryPolicy !== '') checkPolicy(repositoryPolicy)
  if (lifecyclePolicy !== undefined && lifecyclePolicy !== '') checkLifecyclePolicy(lifecyclePolicy)
  for (const reason of appliedFor ?? [])
    checkConstraints({ appliedFor: reason }, { appliedFor: { oneOf: REASONS } }, invalidParameter)
  return {
    ...(description !== undefined && { description }),
    ...(resourceTags && { tags: checkedTags(tagsOf(resourceTags), tagFaults) }),
    ...(encryptionConfiguration && { encryption: checkedEncryption(context, encryptionConfiguration) }),
    ...((mode ?? filters) !== undefined && { tagMutability: checkedMutability(mode, filters) }),
    ...(repositoryPolicy !== undefined && { policyText: textOrNone(repositoryPolicy) }),
    ...(lifecyclePolicy !== undefined && { lifecyclePolicyText: textOrNone(lifecyclePolicy) }),
    ...(appliedFor && { appliedFor: appliedFor as readonly CreationReason[] }),
  } as Partial<
    Pick<
      CreationTemplateRecord,
      'description' | 'encryption' | 'tags' | 'tagMutability' | 'policyText' | 'lifecyclePolicyText' | 'appliedFor'
    >
  >
}

/** An empty text takes away what there was. */
const textOrNone = (text: string): string | undefined => (text === '' ? undefined : text)

const describe = (template: CreationTemplateRecord): RepositoryCreationTemplate => {
  const { prefix, description, tags, tagMutability, policyText, lifecyclePolicyText, appliedFor } = template
  return {
    prefix,
    ...(description !== undefined && { description }),
    encryptionConfiguration: describeEncryption(template.encryption),
    resourceTags: describeTags(tags),
    ...describeMutability(tagMutability),
    ...(policyText !== undefined && { repositoryPolicy: policyText }),
    ...(lifecyclePolicyText !== undefined && { lifecyclePolicy: lifecyclePolicyText }),
    appliedFor: [...appliedFor],
    createdAt: dateOf(template.createdAt),
    updatedAt: dateOf(template.updatedAt),
  }
}
