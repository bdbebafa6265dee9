/**
 * The policies that set what a principal may do, made ready to decide. Each is made ready once: what is remembered hangs on the frozen row
 * that it stands in, so that a row that changes, which is another row then, is looked at anew.
 */
import { defined } from '../kit/assert.ts'
import type { InlinePolicies, PolicyRecord, RoleRecord, UserRecord } from '../model/iam-records.ts'
import { PREPARED_POLICY_TEXTS } from '../model/limits.ts'
import { managedPolicy, managedPolicyDocument } from '../model/managed-policy.ts'
import type { DocumentKind } from '../model/policy/document.ts'
import { parsePolicyDocument } from '../model/policy/parse.ts'
import { type PreparedPolicy, preparePolicy } from '../model/policy/prepare.ts'
import type { PolicySources, PolicyType } from '../model/policy/types.ts'
import type { Principal, Session } from '../model/principal.ts'
import type { Tag } from '../model/records.ts'
import { getIssuer } from '../store/principal-issuers.ts'
import type { ReadTables } from '../store/tables.ts'

/** What is known of a principal for decisions; of the root user nothing, whom none of this limits. */
export interface PrincipalPolicies extends Pick<PolicySources, 'identity' | 'boundary' | 'session'> {
  /** Of the user or role. */
  readonly tags: readonly Tag[]
}

export class PreparedPolicies {
  readonly #inline = new WeakMap<InlinePolicies, readonly PreparedPolicy[]>()
  readonly #managed: Readonly<Record<PolicyType, WeakMap<PolicyRecord, PreparedPolicy>>> = {
    identity: new WeakMap(),
    boundary: new WeakMap(),
    session: new WeakMap(),
    resource: new WeakMap(),
  }
  /** Those that come as texts: of sessions and of resources. The last used is last. */
  readonly #texts = new Map<string, PreparedPolicy>()

  of(tables: ReadTables, principal: Principal): PrincipalPolicies {
    const issuer = getIssuer(tables, principal)
    const session = principal.session && this.#ofSession(tables, principal, principal.session)
    return {
      identity: issuer === undefined ? [] : this.#ofIssuer(tables, issuer),
      tags: issuer?.tags ?? [],
      ...(session && { session }),
      ...(issuer?.permissionsBoundaryArn !== undefined && {
        boundary: this.#boundary(tables, issuer.permissionsBoundaryArn),
      }),
    }
  }

  /** A policy that a resource has: `trust` if it says who may assume a role. */
  ofResource(document: string, kind: 'resource' | 'trust', id: string): PreparedPolicy {
    return this.#text(document, kind, { id, type: 'resource' })
  }

  #ofIssuer(tables: ReadTables, issuer: UserRecord | RoleRecord): readonly PreparedPolicy[] {
    const groupKeys = 'groupKeys' in issuer ? issuer.groupKeys : []
    const holders = [issuer, ...groupKeys.flatMap((key) => tables.groups.get(key) ?? [])]
    return holders.flatMap(({ inlinePolicies, attachedPolicyArns }) => [
      ...this.#ofInline(inlinePolicies),
      ...this.#ofManaged(tables, attachedPolicyArns, 'identity'),
    ])
  }

  #ofInline(policies: InlinePolicies): readonly PreparedPolicy[] {
    const known = this.#inline.get(policies)
    if (known !== undefined) return known
    const prepared = Object.entries(policies).map(([id, document]) =>
      preparePolicy(parsePolicyDocument(document, 'identity'), { id, type: 'identity' }),
    )
    this.#inline.set(policies, prepared)
    return prepared
  }

  #ofManaged(tables: ReadTables, arns: readonly string[], type: PolicyType): readonly PreparedPolicy[] {
    return arns.flatMap((arn) => this.#ofManagedPolicy(tables, arn, type) ?? [])
  }

  #ofManagedPolicy(tables: ReadTables, arn: string, type: PolicyType): PreparedPolicy | undefined {
    const get = (policyArn: string): PolicyRecord | undefined => tables.policies.get(policyArn)
    const policy = managedPolicy(get, arn)
    if (policy === undefined) return undefined
    const known = this.#managed[type].get(policy)
    if (known !== undefined) return known
    const { document } = defined(managedPolicyDocument(get, arn), 'the document of a managed policy')
    const prepared = preparePolicy(parsePolicyDocument(document, 'identity'), { id: arn, type })
    this.#managed[type].set(policy, prepared)
    return prepared
  }

  /** A boundary that is not there lets nothing through. */
  #boundary(tables: ReadTables, arn: string): PreparedPolicy {
    return this.#ofManagedPolicy(tables, arn, 'boundary') ?? nothing(arn, 'boundary')
  }

  /** AWS: only federated users need session policies; the sessions of others have all that their issuer has if there are none. */
  #ofSession(
    tables: ReadTables,
    { arn }: Principal,
    { policies, policyArns }: Session,
  ): readonly PreparedPolicy[] | undefined {
    if (policies === undefined && policyArns === undefined && !arn.includes(':federated-user/')) return undefined
    const inline = (policies ?? []).map((text, index) =>
      this.#text(text, 'session', { id: `session ${index}`, type: 'session' }),
    )
    return [...inline, ...this.#ofManaged(tables, policyArns ?? [], 'session')]
  }

  #text(
    document: string,
    kind: DocumentKind,
    { id, type }: { readonly id: string; readonly type: PolicyType },
  ): PreparedPolicy {
    const key = `${kind} ${id} ${document}`
    const prepared = this.#texts.get(key) ?? preparePolicy(parsePolicyDocument(document, kind), { id, type })
    this.#texts.delete(key)
    this.#texts.set(key, prepared)
    const [oldest] = this.#texts.keys()
    if (this.#texts.size > PREPARED_POLICY_TEXTS && oldest !== undefined) this.#texts.delete(oldest)
    return prepared
  }
}

/** A policy without statements. */
const nothing = (id: string, type: PolicyType): PreparedPolicy => ({
  id,
  type,
  contextKeys: [],
  statementsFor: () => [],
})
