/**
 * Who a statement of a resource's policy is about, and how directly it names whoever asks, on which it depends what else has to allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { assert } from '../../kit/assert.ts'
import { parseArn } from '../arn.ts'
import type { Principal } from '../principal.ts'
import type { Effect, PrincipalElement } from './document.ts'
import type { FederatedPrincipal, Requester, ServicePrincipal } from './types.ts'

/**
 * `session`: the user or the very session, or everyone; nothing else has to allow. `issuer`: the role of a session; boundary and session
 * policies still limit. `account`: the account, whose own policies decide.
 */
export type Directness = 'account' | 'issuer' | 'session'

/** How a statement names the requester; undefined if it is not about them. */
export type PrincipalTest = (requester: Requester) => Directness | undefined

export const isService = (requester: Requester): requester is ServicePrincipal => 'service' in requester
export const isFederated = (requester: Requester): requester is FederatedPrincipal => 'federated' in requester
export const isPrincipal = (requester: Requester): requester is Principal => 'arn' in requester

/** A statement without `Principal`, as identities' own policies have it, is about whoever holds the policy. */
export const principalTest = (element: PrincipalElement | undefined, effect: Effect): PrincipalTest => {
  if (element === undefined) return () => 'session'
  const names = new Names(element)
  if (!element.isNegated) return (requester) => names.find(requester, effect)
  assert(effect === 'Deny', 'a statement allows everyone but those it names')
  return (requester) => (names.areExempting(requester) ? undefined : 'session')
}

class Names {
  readonly #isEveryone: boolean
  readonly #isEveryAws: boolean
  readonly #accounts: ReadonlySet<string>
  readonly #arns: ReadonlySet<string>
  readonly #services: ReadonlySet<string>
  readonly #federated: ReadonlySet<string>

  constructor({ isEveryone, aws, service, federated }: PrincipalElement) {
    this.#isEveryone = isEveryone
    this.#isEveryAws = aws.includes('*')
    this.#accounts = new Set(aws.map(accountNamed).filter((account) => account !== undefined))
    this.#arns = new Set(aws)
    this.#services = new Set(service)
    this.#federated = new Set(federated)
  }

  find(requester: Requester, effect: Effect): Directness | undefined {
    if (this.#isEveryone) return 'session'
    // AWS: `{"AWS": "*"}` is everyone as `"*"` is, but a role that trusts every account does not thereby trust every identity provider.
    if (this.#isEveryAws && (effect === 'Deny' || isPrincipal(requester))) return 'session'
    if (!isPrincipal(requester)) return this.#hasOther(requester) ? 'session' : undefined
    if (this.#hasCaller(requester)) return 'session'
    if (this.#hasIssuer(requester)) return 'issuer'
    return this.#accounts.has(requester.account) ? 'account' : undefined
  }

  /** AWS: someone is exempt from a denial only if account, role and session are all listed. */
  areExempting(requester: Requester): boolean {
    if (this.#isEveryone || this.#isEveryAws) return true
    if (!isPrincipal(requester)) return this.#hasOther(requester)
    const { account, arn, session } = requester
    if (!this.#accounts.has(account)) return false
    const hasNoIssuer = session === undefined || isRootArn(session.issuerArn)
    return isRootArn(arn) || (this.#hasCaller(requester) && (hasNoIssuer || this.#hasIssuer(requester)))
  }

  /** The user or the very session. */
  #hasCaller({ arn, userId }: Principal): boolean {
    return (this.#arns.has(arn) && !isRootArn(arn)) || (USER_ID.test(userId) && this.#arns.has(userId))
  }

  /** The role or user of a session. */
  #hasIssuer({ session, userId }: Principal): boolean {
    if (session === undefined) return false
    const id = UNIQUE_ID.exec(userId)?.[0]
    const { issuerArn } = session
    return (this.#arns.has(issuerArn) && !isRootArn(issuerArn)) || (id !== undefined && this.#arns.has(id))
  }

  #hasOther(requester: ServicePrincipal | FederatedPrincipal): boolean {
    return isService(requester) ? this.#services.has(requester.service) : this.#federated.has(requester.federated)
  }
}

/** AWS: policies may name a user or role by its unique id. What a session's id begins with is the one of its role. */
const UNIQUE_ID = /^A(?:IDA|ROA)[^:]*/
const USER_ID = /^AIDA/

export const isRootArn = (arn: string): boolean => parseArn(arn)?.resource === 'root'

const ACCOUNT = /^\d{12}$/

/** An account goes by its number or by the ARN of its root user. */
const accountNamed = (text: string): string | undefined => {
  if (ACCOUNT.test(text)) return text
  const arn = parseArn(text)
  return arn?.resource === 'root' ? arn.account : undefined
}
