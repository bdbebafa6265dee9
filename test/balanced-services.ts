/** What stands before services behind load balancers: task definitions with ports, and the rows of a load balancer. */
import type { AdvancedConfiguration, LoadBalancer } from '@aws-sdk/client-ecs'
import type { TargetGroupRecord } from '../src/model/load-balancing/records.ts'
import type { Transaction } from '../src/store/tables.ts'
import { aListener, aLoadBalancer, aRule, aTargetGroup } from './builders/a-load-balancer.ts'
import { aContainerDefinition, aFargateTaskDefinition, aTaskDefinition } from './builders/a-task-definition.ts'

export const CONTAINER_PORT = 8080

const withPort = [
  aContainerDefinition({ portMappings: [{ containerPort: CONTAINER_PORT, hostPort: 0, protocol: 'tcp' }] }),
]

/** `web:1` and `web:2` on the bridge with port 8080 of `app` at a dynamic host port, `fargate:1` with a network interface. */
export const BALANCED_DEFINITIONS = [
  aTaskDefinition({ containerDefinitions: withPort }),
  aTaskDefinition({ revision: 2, containerDefinitions: withPort }),
  aFargateTaskDefinition({ family: 'fargate', containerDefinitions: withPort }),
]

/** Target groups of instances, with health checks every ten seconds. */
export const aGroupOfInstances = (name: string, given: Partial<TargetGroupRecord> = {}): TargetGroupRecord =>
  aTargetGroup({ name, targetType: 'instance', ...given })

export const BLUE = aGroupOfInstances('blue')
export const GREEN = aGroupOfInstances('green')
export const ADDRESSES = aTargetGroup({ name: 'addresses' })
/** No rule leads to it. */
export const UNUSED = aGroupOfInstances('unused', { loadBalancerArns: [] })

const TEST_LISTENER = aListener({ listenerArn: `${aListener().listenerArn.slice(0, -1)}9`, port: 9000 })
const forwardTo = (targetGroupArn: string) => [{ Type: 'forward' as const, TargetGroupArn: targetGroupArn, Order: 1 }]

export const PRODUCTION_RULE = aRule({ actions: forwardTo(BLUE.targetGroupArn) })
export const TEST_RULE = aRule({ listenerArn: TEST_LISTENER.listenerArn, actions: forwardTo(BLUE.targetGroupArn) })

/** A load balancer with a production and a test listener, which lead to BLUE. */
export const insertLoadBalancer = (tx: Transaction): void => {
  tx.loadBalancers.insert(aLoadBalancer())
  for (const listener of [aListener(), TEST_LISTENER]) tx.listeners.insert(listener)
  for (const rule of [PRODUCTION_RULE, TEST_RULE]) tx.rules.insert(rule)
  for (const group of [BLUE, GREEN, ADDRESSES, UNUSED]) tx.targetGroups.insert(group)
}

export const IN_BLUE: LoadBalancer = {
  targetGroupArn: BLUE.targetGroupArn,
  containerName: 'app',
  containerPort: CONTAINER_PORT,
}

export const SHIFTING: AdvancedConfiguration = {
  alternateTargetGroupArn: GREEN.targetGroupArn,
  productionListenerRule: PRODUCTION_RULE.ruleArn,
  testListenerRule: TEST_RULE.ruleArn,
  roleArn: 'arn:aws:iam::000000000000:role/infrastructure',
}
