/** The rule that carries a service's production or test traffic. */
import { parseArn } from '../../model/arn.ts'
import type { RuleRecord } from '../../model/load-balancing/records.ts'
import type { ReadTables } from '../tables.ts'

/** AWS: of an Application Load Balancer a rule is named, of a Network Load Balancer the listener, which has its default rule alone. */
export const ruleOfTraffic = ({ rules }: Pick<ReadTables, 'rules'>, arn: string): RuleRecord | undefined => {
  if (!parseArn(arn)?.resource.startsWith('listener/')) return rules.get(arn)
  return rules.find('byListener', arn).find(({ priority }) => priority === 'default')
}
