/** CreatePullThroughCacheRule and its like: which repositories stand for those of other registries. */
import type {
  CreatePullThroughCacheRuleRequest,
  CreatePullThroughCacheRuleResponse,
  DeletePullThroughCacheRuleRequest,
  DeletePullThroughCacheRuleResponse,
  DescribePullThroughCacheRulesRequest,
  DescribePullThroughCacheRulesResponse,
  PullThroughCacheRule,
  UpdatePullThroughCacheRuleRequest,
  UpdatePullThroughCacheRuleResponse,
  ValidatePullThroughCacheRuleRequest,
  ValidatePullThroughCacheRuleResponse,
} from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import { parseArn, resourceId } from '../../../model/arn.ts'
import { prefixKey, type PullThroughRuleRecord, registryKey, ROOT_PREFIX } from '../../../model/registry-rules.ts'
import { UpstreamError, upstreamUrl } from '../../../store/upstream/upstream.ts'
import { checkConstraints } from '../../constraints.ts'
import { continued, type Demand } from '../../operations.ts'
import { onAnything } from '../access.ts'
import type { EcrContext, EcrDeps, EcrOperation } from '../context.ts'
import {
  invalidParameter,
  limitExceeded,
  ruleExists,
  ruleNotFound,
  secretNotFound,
  unsupportedUpstream,
} from '../faults.ts'
import { type NamesRegistry, registryOf } from '../names.ts'
import { page } from '../page.ts'
import { checkPrefix } from '../prefixes.ts'
import { CREDENTIAL_NAME, secretDemands, upstreamCredentials } from '../upstream-credentials.ts'
import { checkedUpstreamName } from '../upstream-names.ts'

const PREFIX_LENGTH = 30
/** Source: Amazon ECR quotas. */
const RULES_PER_REGISTRY = 50

/** AWS: rules are for registries that are known there. Here they are for any, so that who could lead credentials to one has to be allowed to read them. */
const onCredentials = (
  { credentialArn }: { readonly credentialArn?: string | undefined },
  context: EcrContext,
): readonly Demand[] => [...onAnything(), ...(credentialArn === undefined ? [] : secretDemands(context, credentialArn))]

export const createPullThroughCacheRule: EcrOperation<
  CreatePullThroughCacheRuleRequest,
  CreatePullThroughCacheRuleResponse
> = {
  access: onCredentials,
  handle: (input, context) => {
    const { ecrRepositoryPrefix: prefix = '', upstreamRegistryUrl: upstreamUrlText = '' } = input
    const { tx, region, now } = context
    const registry = { account: ownRegistry(context, input), region }
    checkPrefix('ecrRepositoryPrefix', prefix, PREFIX_LENGTH)
    checkPrefix('upstreamRepositoryPrefix', input.upstreamRepositoryPrefix ?? ROOT_PREFIX)
    checkUpstream(upstreamUrlText)
    const upstreamName = checkedUpstreamName(input.upstreamRegistry, upstreamUrlText)
    checkCredentials(context, input)
    if (tx.pullThroughRules.has(prefixKey(registry, prefix)))
      throw ruleExists(`A pull through cache rule already exists for the prefix '${prefix}'`)
    if (tx.pullThroughRules.findSize('byRegistry', registryKey(registry)) >= RULES_PER_REGISTRY)
      throw limitExceeded(`A registry has at most ${RULES_PER_REGISTRY} pull through cache rules.`)
    const rule = tx.pullThroughRules.insert({
      ...registry,
      prefix,
      upstreamUrl: upstreamUrlText,
      ...(upstreamName !== undefined && { upstreamName }),
      upstreamPrefix: input.upstreamRepositoryPrefix ?? ROOT_PREFIX,
      ...(input.credentialArn !== undefined && { credentialArn: input.credentialArn }),
      createdAt: now,
      updatedAt: now,
    })
    const { updatedAt: _updatedAt, ...described } = describe(rule)
    return described
  },
}

export const updatePullThroughCacheRule: EcrOperation<
  UpdatePullThroughCacheRuleRequest,
  UpdatePullThroughCacheRuleResponse
> = {
  access: onCredentials,
  handle: (input, context) => {
    const rule = requireRule(context, input, input.ecrRepositoryPrefix)
    checkCredentials(context, input)
    const { credentialArn } = input
    if (credentialArn === undefined) throw invalidParameter('credentialArn is missing.')
    const changes = { credentialArn, updatedAt: context.now }
    const {
      createdAt: _createdAt,
      upstreamRegistry: _name,
      upstreamRegistryUrl: _url,
      ...described
    } = describe(context.tx.pullThroughRules.update(prefixKey(rule, rule.prefix), changes))
    return described
  },
}

/** What was got by it stays. */
export const deletePullThroughCacheRule: EcrOperation<
  DeletePullThroughCacheRuleRequest,
  DeletePullThroughCacheRuleResponse
> = {
  access: onAnything,
  handle: (input, context) => {
    const rule = requireRule(context, input, input.ecrRepositoryPrefix)
    context.tx.pullThroughRules.remove(prefixKey(rule, rule.prefix))
    const { updatedAt: _updatedAt, upstreamRegistry: _name, ...described } = describe(rule)
    return described
  },
}

export const describePullThroughCacheRules: EcrOperation<
  DescribePullThroughCacheRulesRequest,
  DescribePullThroughCacheRulesResponse
> = {
  access: onAnything,
  handle: (request, context) => {
    const { ecrRepositoryPrefixes: prefixes, maxResults, nextToken } = request
    const registry = { account: registryOf(context, request), region: context.region }
    if (prefixes !== undefined && (maxResults ?? nextToken) !== undefined)
      throw invalidParameter('maxResults and nextToken cannot be given with ecrRepositoryPrefixes.')
    const all =
      prefixes?.map((prefix) => requireRule(context, request, prefix)) ??
      context.tx.pullThroughRules.find('byRegistry', registryKey(registry))
    const scope = ['DescribePullThroughCacheRules', registry.account]
    const { items, rest } = page(context, request, scope, all, ({ prefix }) => prefix)
    return { pullThroughCacheRules: items.map(describe), ...rest }
  },
}

interface Validated {
  readonly rule: PullThroughRuleRecord
}

export const validatePullThroughCacheRule: EcrOperation<
  ValidatePullThroughCacheRuleRequest,
  ValidatePullThroughCacheRuleResponse
> = continued<EcrDeps, ValidatePullThroughCacheRuleRequest, ValidatePullThroughCacheRuleResponse, Validated>({
  access: onAnything,
  handle: (input, context) => ({ rule: requireRule(context, input, input.ecrRepositoryPrefix) }),
  finish: async ({ rule }, deps) => {
    const { createdAt: _createdAt, updatedAt: _updatedAt, upstreamRegistry: _name, ...described } = describe(rule)
    const failure = await failureOf(rule, deps)
    return { ...described, isValid: failure === undefined, ...(failure !== undefined && { failure }) }
  },
})

const failureOf = async (
  { upstreamUrl: url, credentialArn }: PullThroughRuleRecord,
  deps: EcrDeps,
): Promise<string | undefined> => {
  const { RegistryClient } = await import('../../../store/upstream/registry-client.ts')
  try {
    const credentials = credentialArn === undefined ? undefined : await upstreamCredentials(deps)(credentialArn)
    const client = new RegistryClient(deps)
    await client.check({ url: upstreamUrl(url), credentials }).finally(() => client.close())
    return undefined
  } catch (error) {
    if (error instanceof UpstreamError) return error.message
    throw error
  }
}

/** Throws `PullThroughCacheRuleNotFoundException`. */
const requireRule = (context: EcrContext, input: NamesRegistry, prefix = ''): PullThroughRuleRecord => {
  checkPrefix('ecrRepositoryPrefix', prefix, PREFIX_LENGTH)
  const account = registryOf(context, input)
  const rule = context.tx.pullThroughRules.get(prefixKey({ account, region: context.region }, prefix))
  if (rule !== undefined) return rule
  throw ruleNotFound(
    `The pull through cache rule with the prefix '${prefix}' does not exist in the registry with id '${account}'`,
  )
}

const ownRegistry = (context: EcrContext, input: NamesRegistry): string => {
  if (registryOf(context, input) === context.account) return context.account
  throw invalidParameter('Rules can be made in the registry of the caller alone.')
}

/** AWS: any of the registries that it knows; here any that there is. */
const checkUpstream = (text: string): void => {
  checkConstraints({ upstreamRegistryUrl: text }, { upstreamRegistryUrl: { min: 1, max: 2048 } }, invalidParameter)
  try {
    upstreamUrl(text)
  } catch (error) {
    throw unsupportedUpstream(error instanceof Error ? error.message : text)
  }
}

const checkCredentials = (
  { tx }: EcrContext,
  { credentialArn, customRoleArn }: Pick<CreatePullThroughCacheRuleRequest, 'credentialArn' | 'customRoleArn'>,
): void => {
  if (customRoleArn !== undefined)
    throw invalidParameter('customRoleArn cannot be given: upstream registries take credentials of Secrets Manager.')
  if (credentialArn === undefined) return
  const isSecret = parseArn(credentialArn)?.service === 'secretsmanager'
  if (!isSecret || !CREDENTIAL_NAME.test(tx.secrets.get(credentialArn)?.name ?? secretNameIn(credentialArn)))
    throw invalidParameter('credentialArn has to be that of a secret whose name begins with ecr-pullthroughcache/.')
  if (tx.secrets.get(credentialArn)?.deletedAt === undefined && tx.secrets.has(credentialArn)) return
  throw secretNotFound(`The secret ${credentialArn} does not exist.`)
}

const secretNameIn = (arn: string): string => resourceId(arn)

const describe = (rule: PullThroughRuleRecord): PullThroughCacheRule => {
  const { prefix, upstreamUrl: upstreamRegistryUrl, account, upstreamName, credentialArn, upstreamPrefix } = rule
  return {
    ecrRepositoryPrefix: prefix,
    upstreamRegistryUrl,
    registryId: account,
    ...(upstreamName !== undefined && { upstreamRegistry: upstreamName as never }),
    ...(credentialArn !== undefined && { credentialArn }),
    upstreamRepositoryPrefix: upstreamPrefix,
    createdAt: dateOf(rule.createdAt),
    updatedAt: dateOf(rule.updatedAt),
  }
}
