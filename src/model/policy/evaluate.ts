/**
 * Decides a request by the policies that bear on it, as AWS does: what is denied anywhere is denied; what the resource's policy grants to
 * the caller by name is granted; everything else needs every kind of policy that there is to allow it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import { parseArn } from '../arn.ts'
import type { ContextKey, PreparedPolicy, PreparedStatement } from './prepare.ts'
import { type Directness, isPrincipal, isRootArn } from './principals.ts'
import type {
  AccessRequest,
  ContextSource,
  Decision,
  MatchedStatement,
  Outcome,
  PolicySources,
  PolicyType,
} from './types.ts'

export const evaluate = (request: AccessRequest, sources: PolicySources): Decision => {
  const inquiry = new Inquiry(request)
  const verdicts = verdictsOf(inquiry, sources)
  const because = whoDenies(verdicts) ?? whoDoesNotAllow(request, sources, verdicts)
  const isDenied = verdicts.some(({ outcome }) => outcome === 'explicitDeny')
  return {
    outcome: because === undefined ? 'allowed' : isDenied ? 'explicitDeny' : 'implicitDeny',
    ...(because && { because }),
    outcomes: Object.fromEntries(verdicts.map(({ type, outcome }) => [type, outcome])),
    matched: verdicts.flatMap(({ denies, allows }) => (isDenied ? denies : allows)),
    missingContextKeys: inquiry.missingKeys,
  }
}

/** What the policies of one type say. */
interface Verdict {
  readonly type: PolicyType
  readonly outcome: Outcome
  readonly denies: readonly MatchedStatement[]
  readonly allows: readonly MatchedStatement[]
  /** How directly the most direct statement that allows names the requester. */
  readonly directness: Directness | undefined
}

/** In the order in which they are blamed. */
const verdictsOf = (inquiry: Inquiry, sources: PolicySources): readonly Verdict[] => {
  const { identity, boundary, session, resource } = sources
  const verdicts = [inquiry.ask('identity', identity)]
  if (boundary) verdicts.push(inquiry.ask('boundary', [boundary]))
  if (session) verdicts.push(inquiry.ask('session', session))
  if (resource) verdicts.push(inquiry.ask('resource', [resource]))
  return verdicts
}

const whoDenies = (verdicts: readonly Verdict[]): PolicyType | undefined =>
  verdicts.find(({ outcome }) => outcome === 'explicitDeny')?.type

/** The first type of policy that would have to allow and does not. */
const whoDoesNotAllow = (
  request: AccessRequest,
  sources: PolicySources,
  verdicts: readonly Verdict[],
): PolicyType | undefined => {
  const granted = verdicts.find(({ type }) => type === 'resource')?.directness
  const isOwn = isPrincipal(request.principal)
  if (granted === undefined && (sources.resourcePolicyMustAllow || !isOwn)) return 'resource'
  const needed = isOwn ? limitsOf(sources, granted) : []
  const lacking = verdicts.find(({ type, outcome }) => needed.includes(type) && outcome !== 'allowed')
  return lacking?.type ?? (sources.isCrossAccount && granted === undefined ? 'resource' : undefined)
}

const ALL: readonly PolicyType[] = ['identity', 'boundary', 'session']
const UNNAMED_BY_RESOURCE: readonly PolicyType[] = ['boundary', 'session']
const NONE: readonly PolicyType[] = []

/** The principal's own policies that have to allow what the resource's policy grants so directly. */
const limitsOf = ({ isCrossAccount }: PolicySources, granted: Directness | undefined): readonly PolicyType[] => {
  if (isCrossAccount || granted === undefined || granted === 'account') return ALL
  return granted === 'issuer' ? UNNAMED_BY_RESOURCE : NONE
}

const DIRECTNESS: readonly Directness[] = ['account', 'issuer', 'session']

/** One request put to policies. */
class Inquiry implements ContextSource {
  readonly #request: AccessRequest
  readonly #action: string
  readonly #isRoot: boolean
  readonly #missing = new Map<string, string>()

  constructor(request: AccessRequest) {
    this.#request = request
    this.#action = request.action.toLowerCase()
    this.#isRoot = isPrincipal(request.principal) && isRootArn(request.principal.arn)
  }

  get missingKeys(): readonly string[] {
    return [...this.#missing.values()]
  }

  get(key: string): readonly string[] | undefined {
    const { context, globals, resource } = this.#request
    if (Object.hasOwn(context, key)) return context[key]
    if (key === 'aws:resourceaccount') {
      const account = parseArn(resource)?.account
      return account ? [account] : undefined
    }
    return globals?.get(key)
  }

  ask(type: PolicyType, policies: readonly PreparedPolicy[]): Verdict {
    const denies: MatchedStatement[] = []
    const allows: MatchedStatement[] = []
    let directness = -1
    // Nothing but a resource's policy sets a limit to the root user.
    if (this.#isRoot && type !== 'resource') return { type, outcome: 'allowed', denies, allows, directness: undefined }
    for (const policy of policies) {
      for (const statement of policy.statementsFor(this.#action)) {
        const found = this.#findDirectness(statement)
        if (found === undefined) continue
        const isDeny = statement.effect === 'Deny'
        ;(isDeny ? denies : allows).push(statement.match)
        if (!isDeny) directness = Math.max(directness, DIRECTNESS.indexOf(found))
      }
    }
    const outcome = denies.length > 0 ? 'explicitDeny' : allows.length > 0 ? 'allowed' : 'implicitDeny'
    return { type, outcome, denies, allows, directness: DIRECTNESS[directness] }
  }

  /** How directly a statement about the action is about the rest of the request; undefined if it is not. */
  #findDirectness({ principal, resource, conditions, resourceKeys, keys }: PreparedStatement): Directness | undefined {
    const directness = principal(this.#request.principal)
    if (directness === undefined) return undefined
    const isAbout = resource(this.#request.resource, this)
    this.#noteMissing(isAbout ? keys : resourceKeys)
    if (!isAbout) return undefined
    for (const holds of conditions) if (!holds(this)) return undefined
    return directness
  }

  #noteMissing(keys: readonly ContextKey[]): void {
    for (const { name, key } of keys)
      if (this.get(key) === undefined && !this.#missing.has(key)) this.#missing.set(key, name)
  }
}
