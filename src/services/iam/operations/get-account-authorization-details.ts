/**
 * GetAccountAuthorizationDetails: everyone in the account and every policy in use, in pages that go through one type after another.
 * AWS: of its own managed policies it gives those that someone has.
 */
import type {
  EntityType,
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
} from '@aws-sdk/client-iam'
import { awsManagedPolicies } from '../../../model/aws-managed-policies/index.ts'
import { detailGroup, detailPolicy, detailRole, detailUser } from '../account-details.ts'
import { onAnything } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { page } from '../page.ts'
import { findPolicies, policyUsages, type PolicyUsage } from '../policies.ts'
import { ENTITY_TYPE, ENTITY_TYPES, refuse, violationsOfEach } from '../rules.ts'

/** Something of one type in the account, and the part of an answer that shows it. */
interface Detail {
  readonly type: EntityType
  readonly name: string
  readonly describe: () => GetAccountAuthorizationDetailsResponse
}

export const getAccountAuthorizationDetails: IamOperation<
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse
> = {
  access: onAnything,
  handle: (input, context) => {
    const types = checkedTypes(input.Filter)
    const found = details(context).filter(({ type }) => types.includes(type))
    const scope = `GetAccountAuthorizationDetails/${types.join()}`
    const { items, rest } = page(context, scope, found, input, ({ type, name }) => `${type}/${name}`)
    const parts = items.map(({ describe }) => describe())
    return {
      UserDetailList: parts.flatMap(({ UserDetailList = [] }) => UserDetailList),
      GroupDetailList: parts.flatMap(({ GroupDetailList = [] }) => GroupDetailList),
      RoleDetailList: parts.flatMap(({ RoleDetailList = [] }) => RoleDetailList),
      Policies: parts.flatMap(({ Policies = [] }) => Policies),
      ...rest,
    }
  },
}

const checkedTypes = (filter: readonly EntityType[] | undefined): readonly EntityType[] => {
  refuse(violationsOfEach('filter', ENTITY_TYPE, filter ?? []))
  return filter?.length ? filter : ENTITY_TYPES
}

const details = (context: IamContext): Detail[] => {
  const { tx, account } = context
  const own = <Row extends { readonly account: string }>(rows: Iterable<Row>): Row[] =>
    [...rows].filter((row) => row.account === account)
  return [
    ...own(tx.users.rows()).map((user): Detail => ({
      type: 'User',
      name: user.key,
      describe: () => ({ UserDetailList: [detailUser(context, user)] }),
    })),
    ...own(tx.groups.rows()).map((group): Detail => ({
      type: 'Group',
      name: group.key,
      describe: () => ({ GroupDetailList: [detailGroup(group)] }),
    })),
    ...own(tx.roles.rows()).map((role): Detail => ({
      type: 'Role',
      name: role.key,
      describe: () => ({ RoleDetailList: [detailRole(context, role)] }),
    })),
    ...policies(context),
  ]
}

const policies = (context: IamContext): Detail[] => {
  const usageOf = policyUsages(context)
  const isUsed = ({ attachments, boundaries }: PolicyUsage): boolean => attachments + boundaries > 0
  const own = findPolicies(context)
  const ofAws = [...awsManagedPolicies()].filter(({ arn }) => isUsed(usageOf(arn)))
  const ofType = (type: EntityType) => (policy: (typeof own)[number]) => ({
    type,
    name: policy.arn,
    describe: () => ({ Policies: [detailPolicy(policy, usageOf(policy.arn))] }),
  })
  return [...own.map(ofType('LocalManagedPolicy')), ...ofAws.map(ofType('AWSManagedPolicy'))]
}
