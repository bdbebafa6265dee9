/** The roles that machines which join can have: those that trust Systems Manager. */
import { managedInstanceArn, resourceId } from '../../model/arn.ts'
import { iamKey, type RoleRecord } from '../../model/iam-records.ts'
import { RoleTrust } from '../../model/role-trust.ts'
import type { SsmContext } from './context.ts'

/** A role by its name or ARN, if it is there and its trust policy lets Systems Manager assume it for a machine of this account. */
export const findTrustingRole = ({ tx, account, region }: SsmContext, nameOrArn: string): RoleRecord | undefined => {
  const role = tx.roles.get(iamKey(account, resourceId(nameOrArn)))
  const use = { service: 'ssm.amazonaws.com', sourceArn: managedInstanceArn(region, account, 'any') }
  return role !== undefined && new RoleTrust().allows(role, use) ? role : undefined
}
