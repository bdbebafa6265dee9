/** DescribeListenerAttributes and ModifyListenerAttributes. */
import type {
  DescribeListenerAttributesInput,
  DescribeListenerAttributesOutput,
  ModifyListenerAttributesInput,
  ModifyListenerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { changedListenerAttributes, listenerAttributes } from '../../../model/load-balancing/attributes.ts'
import { onAnything, onListener } from '../access.ts'
import { acceptedAttributes, describeAttributes, requestedAttributes } from '../attribute-requests.ts'
import type { Elbv2Operation } from '../context.ts'
import { requireListener } from '../lookups.ts'

export const describeListenerAttributes: Elbv2Operation<
  DescribeListenerAttributesInput,
  DescribeListenerAttributesOutput
> = {
  access: onAnything,
  handle: (input, context) => ({
    Attributes: describeAttributes(listenerAttributes(requireListener(context, input.ListenerArn))),
  }),
}

export const modifyListenerAttributes: Elbv2Operation<ModifyListenerAttributesInput, ModifyListenerAttributesOutput> = {
  access: onListener,
  handle: (input, context) => {
    const listener = requireListener(context, input.ListenerArn)
    const attributes = acceptedAttributes(changedListenerAttributes(listener, requestedAttributes(input.Attributes)))
    const changed = context.tx.listeners.update(listener.listenerArn, { attributes })
    return { Attributes: describeAttributes(listenerAttributes(changed)) }
  },
}
