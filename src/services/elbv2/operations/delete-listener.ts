/** DeleteListener: with its rules. */
import type { DeleteListenerInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { onListener } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { requireListener } from '../lookups.ts'
import { removeRules } from '../rules.ts'

export const deleteListener: Elbv2Operation<DeleteListenerInput> = {
  access: onListener,
  handle: (input, context) => {
    const { tx } = context
    const { listenerArn } = requireListener(context, input.ListenerArn)
    removeRules(context, tx.rules.find('byListener', listenerArn))
    tx.listeners.remove(listenerArn)
    return {}
  },
}
