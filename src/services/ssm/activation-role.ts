/** The roles that machines which join can have: those that trust Systems Manager. */
import { resourceId } from '../../model/arn.ts'
import { iamKey, type RoleRecord } from '../../model/iam-records.ts'
import { evaluate } from '../../model/policy/evaluate.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { preparePolicy } from '../../model/policy/prepare.ts'
import type { SsmContext } from './context.ts'

const SSM = 'ssm.amazonaws.com'

/** A role by its name or ARN, if it is there and its trust policy lets Systems Manager assume it. */
export const findTrustingRole = ({ tx, account }: SsmContext, nameOrArn: string): RoleRecord | undefined => {
  const role = tx.roles.get(iamKey(account, resourceId(nameOrArn)))
  return role !== undefined && trustsSystemsManager(role) ? role : undefined
}

const trustsSystemsManager = ({ arn, account, assumeRolePolicyDocument }: RoleRecord): boolean => {
  const resource = preparePolicy(parsePolicyDocument(assumeRolePolicyDocument, 'trust'), { id: arn, type: 'resource' })
  const context = {
    'aws:sourceaccount': [account],
    'aws:principalisawsservice': ['true'],
    'aws:principalservicename': [SSM],
  }
  const request = { principal: { service: SSM }, action: 'sts:AssumeRole', resource: arn, context }
  return evaluate(request, { identity: [], resource, resourcePolicyMustAllow: true }).outcome === 'allowed'
}
