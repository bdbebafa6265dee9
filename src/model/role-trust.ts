/** Whether a role trusts an AWS service: its trust policy lets the service assume it, for what the service wants it for. */
import { parseArn } from './arn.ts'
import type { RoleRecord } from './iam-records.ts'
import { evaluate } from './policy/evaluate.ts'
import { parsePolicyDocument } from './policy/parse.ts'
import { type PreparedPolicy, preparePolicy } from './policy/prepare.ts'

export interface Trusted {
  /** E.g. `ecs-tasks.amazonaws.com`. */
  readonly service: string
  /** ARN of the resource that the service assumes the role for. */
  readonly sourceArn: string
  readonly sessionName?: string
}

/** Trust policies made ready, each as long as its role's record is in use: many tasks have the same role. */
export class RoleTrust {
  readonly #policies = new WeakMap<RoleRecord, PreparedPolicy>()

  allows(role: RoleRecord, { service, sourceArn, sessionName }: Trusted): boolean {
    const { outcome } = evaluate(
      {
        principal: { service },
        action: 'sts:AssumeRole',
        resource: role.arn,
        // What trust policies ask for so that a service cannot be used by others than its own callers.
        context: {
          'aws:sourceaccount': [parseArn(sourceArn)?.account ?? ''],
          'aws:sourcearn': [sourceArn],
          'aws:principalisawsservice': ['true'],
          'aws:principalservicename': [service],
          ...(sessionName !== undefined && { 'sts:rolesessionname': [sessionName] }),
        },
      },
      { identity: [], resource: this.#policyOf(role), resourcePolicyMustAllow: true },
    )
    return outcome === 'allowed'
  }

  #policyOf(role: RoleRecord): PreparedPolicy {
    const known = this.#policies.get(role)
    if (known !== undefined) return known
    const document = parsePolicyDocument(role.assumeRolePolicyDocument, 'trust')
    const prepared = preparePolicy(document, { id: role.arn, type: 'resource' })
    this.#policies.set(role, prepared)
    return prepared
  }
}
