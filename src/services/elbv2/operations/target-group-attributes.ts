/** DescribeTargetGroupAttributes and ModifyTargetGroupAttributes. */
import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { changedTargetGroupAttributes, targetGroupAttributes } from '../../../model/load-balancing/attributes.ts'
import { onAnything, onTargetGroup } from '../access.ts'
import { acceptedAttributes, describeAttributes, requestedAttributes } from '../attribute-requests.ts'
import type { Elbv2Operation } from '../context.ts'
import { requireTargetGroup } from '../lookups.ts'

export const describeTargetGroupAttributes: Elbv2Operation<
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput
> = {
  access: onAnything,
  handle: ({ TargetGroupArn }, context) => ({
    Attributes: describeAttributes(targetGroupAttributes(requireTargetGroup(context, TargetGroupArn))),
  }),
}

export const modifyTargetGroupAttributes: Elbv2Operation<
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput
> = {
  access: onTargetGroup,
  handle: ({ TargetGroupArn, Attributes }, context) => {
    const row = requireTargetGroup(context, TargetGroupArn)
    const attributes = acceptedAttributes(changedTargetGroupAttributes(row, requestedAttributes(Attributes)))
    const updated = context.tx.targetGroups.update(row.targetGroupArn, { attributes })
    return { Attributes: describeAttributes(targetGroupAttributes(updated)) }
  },
}
