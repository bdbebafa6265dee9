/** What callers must be allowed to do to listeners and rules: as `access.ts`, with the condition keys that these have. */
import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Demand } from '../operations.ts'
import { type Elbv2Access, onCreated, onResource } from './access.ts'
import type { Elbv2Context } from './context.ts'

interface ListenerInput {
  readonly Protocol?: string | undefined
  readonly SslPolicy?: string | undefined
}

export const listenerContext = ({ Protocol: protocol, SslPolicy: policy }: ListenerInput): ContextValues => ({
  ...(protocol !== undefined && { 'elasticloadbalancing:listenerprotocol': [protocol] }),
  ...(policy !== undefined && { 'elasticloadbalancing:securitypolicy': [policy] }),
})

/**
 * Something that is made in another: the action is on the other. AWS: who gives it tags must be allowed `AddTags` on what is made.
 * `resource`: its ARN with `*` for what is not known yet.
 */
export const onCreatedIn = (
  context: Elbv2Context,
  parent: string | undefined,
  made: {
    readonly action: string
    readonly resource: string
    readonly tags?: readonly Tag[] | undefined
    readonly more?: ContextValues
  },
): readonly Demand[] => {
  const [creation, ...others] = onCreated(made.action, made.resource, made.tags, made.more)
  const { resource, context: values } = onResource(context, parent, creation?.context)
  return [{ resource, ...(values && { context: values }) }, ...others]
}

/** The action on the rule that the input names. */
export const onRule: Elbv2Access<{ readonly RuleArn?: string | undefined }> = (input, context) => [
  onResource(context, input.RuleArn),
]

/** The action on the trust store that the input names. */
export const onTrustStore: Elbv2Access<{ readonly TrustStoreArn?: string | undefined }> = (input, context) => [
  onResource(context, input.TrustStoreArn),
]
