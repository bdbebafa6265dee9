/** PutIndexPolicy: which fields of a group's events are indexed. */
import type { PutIndexPolicyRequest, PutIndexPolicyResponse } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { checkIsStandard } from '../group-class.ts'
import { describeIndexPolicy, indexedFields } from '../index-policies.ts'
import { requireGroup } from '../lookups.ts'

export const putIndexPolicy: LogsOperation<PutIndexPolicyRequest, PutIndexPolicyResponse> = {
  access: ({ logGroupIdentifier }, context) => onNamed({ logGroupIdentifier }, context),
  handle: ({ logGroupIdentifier, policyDocument: document = '' }, context) => {
    const group = requireGroup(context, { logGroupIdentifier })
    checkIsStandard(group, 'PutIndexPolicy')
    indexedFields(document)
    const changed = context.tx.logGroups.update(group.arn, { indexPolicy: { document, updatedAt: context.now } })
    return { indexPolicy: describeIndexPolicy(changed) }
  },
}
