/** The policies that a user, group or role has by itself and, a user, through its groups. */
import type { PolicySourceType } from '@aws-sdk/client-iam'
import { defined } from '../../../kit/assert.ts'
import { AWS_ACCOUNT } from '../../../model/aws-managed-policies/define.ts'
import type { IamContext } from '../context.ts'
import { type Entity, nameOf, permissionsBoundaryOf } from '../entities.ts'
import { defaultVersion, getPolicy } from '../policies.ts'

export interface HeldPolicy {
  readonly name: string
  readonly sourceType: PolicySourceType
  /** JSON, as it was sent. */
  readonly document: string
  /** Whose it is, if it is an inline policy. */
  readonly holder?: { readonly type: 'group' | 'role' | 'user'; readonly name: string }
  /** Of a managed policy. */
  readonly arn?: string
}

export const identityPoliciesOf = (context: IamContext, entity: Entity): HeldPolicy[] => [
  ...ownPoliciesOf(context, entity),
  ...groupsOf(context, entity).flatMap((group) => ownPoliciesOf(context, group)),
]

export const boundaryOf = (context: IamContext, entity: Entity): HeldPolicy | undefined => {
  const arn = permissionsBoundaryOf(entity)
  return arn === undefined ? undefined : defined(managed(context, arn), 'the policy of a boundary')
}

const ownPoliciesOf = (context: IamContext, entity: Entity): HeldPolicy[] => {
  const holder = { type: WORDS[entity.type], name: nameOf(entity) }
  return [
    ...Object.entries(entity.record.inlinePolicies).map(([name, document]) => ({
      name,
      sourceType: holder.type,
      document,
      holder,
    })),
    ...entity.record.attachedPolicyArns.flatMap((arn) => managed(context, arn) ?? []),
  ]
}

const WORDS = { Group: 'group', Role: 'role', User: 'user' } as const

const groupsOf = ({ tx }: IamContext, { type, record }: Entity): Entity[] =>
  type === 'User' ? record.groupKeys.flatMap((key) => asEntity(tx.groups.get(key)) ?? []) : []

const asEntity = (record: (Entity & { type: 'Group' })['record'] | undefined): Entity | undefined =>
  record && { type: 'Group', record }

const managed = (context: IamContext, arn: string): HeldPolicy | undefined => {
  const policy = getPolicy(context, arn)
  return (
    policy && {
      name: policy.policyName,
      sourceType: policy.account === AWS_ACCOUNT ? 'aws-managed' : 'user-managed',
      document: defaultVersion(policy).document,
      arn,
    }
  )
}
