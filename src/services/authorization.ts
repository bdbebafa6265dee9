/**
 * Decides by policies whether callers may do what they ask for, and refuses in AWS's words.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import { parseArn } from '../model/arn.ts'
import { evaluate } from '../model/policy/evaluate.ts'
import { globalContext } from '../model/policy/global-context.ts'
import type { ContextSource, Decision, PolicyType } from '../model/policy/types.ts'
import { isRoot, type Principal } from '../model/principal.ts'
import { isAlive } from '../store/principal-issuers.ts'
import type { ReadTables } from '../store/tables.ts'
import { AccessDenied } from '../wire/access-denied.ts'
import type { CallContext } from '../wire/service.ts'
import { invalidToken } from '../wire/signature-fault.ts'
import type { Demand, Guard, NamedDemand } from './operations.ts'
import { PreparedPolicies, type PrincipalPolicies } from './principal-policies.ts'

export class PolicyGuard implements Guard {
  readonly #prepared = new PreparedPolicies()

  applies({ principal }: CallContext, isOpenToRoot = false): boolean {
    return !(isOpenToRoot && isRoot(principal))
  }

  check(tables: ReadTables, call: CallContext, demands: readonly NamedDemand[]): void {
    const { principal } = call
    if (!isAlive(tables, principal)) throw invalidToken()
    const policies = this.#prepared.of(tables, principal)
    const globals = globalContext({ isSecureTransport: false, ...call, principalTags: policies.tags })
    for (const demand of demands) {
      const decision = this.#decide(demand, principal, policies, globals)
      if (decision.outcome !== 'allowed') throw new AccessDenied(sentence(principal, demand, decision))
    }
  }

  #decide(demand: NamedDemand, principal: Principal, policies: PrincipalPolicies, globals: ContextSource): Decision {
    const { action, resource, context = {}, resourcePolicy, resourcePolicyMustAllow = false } = demand
    return evaluate(
      { principal, action, resource, context, globals },
      {
        ...policies,
        ...(resourcePolicy !== undefined && {
          resource: this.#prepared.ofResource(resourcePolicy, isTrust(demand) ? 'trust' : 'resource', resource),
        }),
        resourcePolicyMustAllow,
        isCrossAccount: isOfAnother(principal, resource),
      },
    )
  }
}

/** The policy that a role itself has says who may assume it. */
const isTrust = ({ resource }: Demand): boolean => parseArn(resource)?.service === 'iam'

const ACCOUNT = /^\d{12}$/

/** AWS's own resources, and those whose ARN tells no account, are nobody else's. */
const isOfAnother = ({ account }: Principal, resource: string): boolean => {
  const owner = parseArn(resource)?.account ?? ''
  return ACCOUNT.test(owner) && owner !== account
}

const sentence = (
  { arn }: Principal,
  { action, resource, named = resource }: NamedDemand,
  { outcome, because }: Decision,
): string => {
  const [policy, anyPolicy] = NAMES[because ?? 'identity']
  const reason =
    outcome === 'explicitDeny'
      ? `with an explicit deny in ${anyPolicy}`
      : `because no ${policy} allows the ${action} action`
  return `User: ${arn} is not authorized to perform: ${action} on resource: ${named} ${reason}`
}

const NAMES: Readonly<Record<PolicyType, readonly [policy: string, anyPolicy: string]>> = {
  identity: ['identity-based policy', 'an identity-based policy'],
  boundary: ['permissions boundary', 'a permissions boundary'],
  session: ['session policy', 'a session policy'],
  resource: ['resource-based policy', 'a resource-based policy'],
}
