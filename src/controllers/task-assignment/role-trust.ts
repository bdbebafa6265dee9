/** Whether a role trusts ECS's tasks: its trust policy lets `ecs-tasks.amazonaws.com` assume it for this task. */
import { parseArn, taskArn } from '../../model/arn.ts'
import type { RoleRecord } from '../../model/iam-records.ts'
import { evaluate } from '../../model/policy/evaluate.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { type PreparedPolicy, preparePolicy } from '../../model/policy/prepare.ts'
import type { TaskRecord } from '../../model/records.ts'

const ECS_TASKS = 'ecs-tasks.amazonaws.com'

/** Trust policies made ready, each as long as its role's record is in use: many tasks have the same role. */
export class RoleTrust {
  readonly #policies = new WeakMap<RoleRecord, PreparedPolicy>()

  allows(role: RoleRecord, { clusterArn, taskId }: TaskRecord): boolean {
    const arn = taskArn(clusterArn, taskId)
    const { outcome } = evaluate(
      {
        principal: { service: ECS_TASKS },
        action: 'sts:AssumeRole',
        resource: role.arn,
        // What trust policies ask for so that a service cannot be used by others than its own callers.
        context: {
          'aws:sourceaccount': [parseArn(arn)?.account ?? ''],
          'aws:sourcearn': [arn],
          'aws:principalisawsservice': ['true'],
          'aws:principalservicename': [ECS_TASKS],
          'sts:rolesessionname': [taskId],
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
