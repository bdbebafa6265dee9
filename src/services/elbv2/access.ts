/**
 * What callers of Elastic Load Balancing's operations must be allowed to do: the operation's action on the ARNs that the input names, with
 * the tags of what is there.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
import type { Tag as TagShape } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import { requestTagContext } from '../checked-tags.ts'
import type { Demand } from '../operations.ts'
import type { Elbv2Context } from './context.ts'
import { getTagged } from './lookups.ts'

export type Elbv2Access<Input> = (input: Input, context: Elbv2Context) => readonly Demand[]

/** The action has no resource. AWS: no Describe operation has one. */
export const onAnything = (): readonly Demand[] => [{ resource: '*' }]

/** The action on a resource, whether or not there is such a one. */
export const onResource = (context: Elbv2Context, resource: string | undefined, more: ContextValues = {}): Demand => ({
  resource: resource ?? '*',
  context: { ...resourceTags(getTagged(context, resource ?? '')?.tags ?? []), ...more },
})

/** The action on the load balancer that the input names. */
export const onLoadBalancer: Elbv2Access<{ readonly LoadBalancerArn?: string | undefined }> = (input, context) => [
  onResource(context, input.LoadBalancerArn),
]

/** The action on the target group that the input names. */
export const onTargetGroup: Elbv2Access<{ readonly TargetGroupArn?: string | undefined }> = (input, context) => [
  onResource(context, input.TargetGroupArn),
]

/** The action on the listener that the input names. */
export const onListener: Elbv2Access<{ readonly ListenerArn?: string | undefined }> = (input, context) => [
  onResource(context, input.ListenerArn),
]

/**
 * Something that the operation makes. AWS: who gives it tags must be allowed `AddTags`, too.
 * `resource`: its ARN with `*` for what is not known yet. `action`: the operation's name.
 */
export const onCreated = (
  action: string,
  resource: string,
  tags: readonly TagShape[] = [],
  more: ContextValues = {},
): readonly Demand[] => {
  const requested = requestTagContext(tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })))
  const creation = { resource, context: { ...requested, ...more } }
  if (tags.length === 0) return [creation]
  const context = { ...requested, 'elasticloadbalancing:createaction': [action] }
  return [creation, { action: 'elasticloadbalancing:AddTags', resource, context }]
}

const resourceTags = (tags: readonly Tag[]): ContextValues =>
  Object.fromEntries(
    tags.flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`elasticloadbalancing:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  )
