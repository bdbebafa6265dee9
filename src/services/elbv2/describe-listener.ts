/** Listeners, rules and trust stores as clients see them. */
import type { Listener, Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describeAction } from '../../model/load-balancing/actions.ts'
import { describeCondition } from '../../model/load-balancing/conditions.ts'
import type { ListenerRecord, RuleRecord } from '../../model/load-balancing/records.ts'
import type { Elbv2Context } from './context.ts'
import { requireDefaultRule } from './rules.ts'

export const describeListener = ({ tx }: Elbv2Context, listener: ListenerRecord): Listener => {
  const [certificateArn] = listener.certificateArns
  const { sslPolicy, mutualAuthentication } = listener
  return {
    ListenerArn: listener.listenerArn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol,
    ...(certificateArn !== undefined && { Certificates: [{ CertificateArn: certificateArn }] }),
    ...(sslPolicy !== undefined && { SslPolicy: sslPolicy }),
    DefaultActions: requireDefaultRule(tx, listener.listenerArn).actions.map(describeAction),
    ...(listener.alpnPolicy.length > 0 && { AlpnPolicy: [...listener.alpnPolicy] }),
    ...(mutualAuthentication && { MutualAuthentication: mutualAuthentication }),
  }
}

export const describeRule = ({ ruleArn, priority, conditions, actions, transforms }: RuleRecord): Rule => ({
  RuleArn: ruleArn,
  Priority: String(priority),
  Conditions: conditions.map(describeCondition),
  Actions: actions.map(describeAction),
  IsDefault: priority === 'default',
  Transforms: [...transforms],
})
