/** CreatePolicy: a customer managed policy with its first version. */
import type { CreatePolicyRequest, CreatePolicyResponse } from '@aws-sdk/client-iam'
import { policyArn } from '../../../model/arn.ts'
import { newPolicyId } from '../../../model/iam-ids.ts'
import { POLICIES_PER_ACCOUNT } from '../../../model/limits.ts'
import { onArn, requestTags } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { entityAlreadyExists, quotaExceeded } from '../faults.ts'
import { describePolicy, findPolicies } from '../policies.ts'
import { check, ENTITY_NAME, POLICY_DESCRIPTION, POLICY_DOCUMENT, POLICY_PATH } from '../rules.ts'
import { checkedTags, tagsIfAny } from '../tags.ts'
import { checkedManagedDocument, newVersion } from '../versions.ts'

const arnOf = ({ PolicyName: name = '', Path: path }: CreatePolicyRequest, { account }: IamContext): string =>
  policyArn(account, name, path)

export const createPolicy: IamOperation<CreatePolicyRequest, CreatePolicyResponse> = {
  access: onArn(arnOf, requestTags),
  handle: (input, context) => {
    check(input, {
      PolicyName: ENTITY_NAME,
      Path: POLICY_PATH,
      PolicyDocument: POLICY_DOCUMENT,
      Description: POLICY_DESCRIPTION,
    })
    const { account, now, ids, tx } = context
    const { PolicyName: policyName = '', Path: path = '/', Description: description } = input
    const tags = checkedTags(input.Tags, 'sensitive')
    const version = newVersion(1, checkedManagedDocument(input.PolicyDocument), now)
    checkFree(context, policyName)
    const policy = tx.policies.insert({
      arn: arnOf(input, context),
      account,
      policyName,
      policyId: newPolicyId(ids),
      path,
      ...(description !== undefined && { description }),
      versions: [version],
      defaultVersionId: version.versionId,
      latestVersionNumber: 1,
      createdAt: now,
      updatedAt: now,
      tags,
    })
    return { Policy: { ...describePolicy(policy, { attachments: 0, boundaries: 0 }), ...tagsIfAny(tags) } }
  },
}

/** The name is nobody's, whatever its case and path, and the account may have one more. */
const checkFree = (context: IamContext, policyName: string): void => {
  const own = findPolicies(context)
  const name = policyName.toLowerCase()
  if (own.some((policy) => policy.policyName.toLowerCase() === name))
    throw entityAlreadyExists(`A policy called ${policyName} already exists. Duplicate names are not allowed.`)
  if (own.length >= POLICIES_PER_ACCOUNT) throw quotaExceeded('PoliciesPerAccount', POLICIES_PER_ACCOUNT)
}
