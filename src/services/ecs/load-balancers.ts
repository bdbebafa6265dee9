/**
 * The load balancers of a service or task set: which containers' ports are registered in which target groups, checked against the task
 * definition and the target groups' rows, and the role with which ECS registers them.
 *
 * Rules: LoadBalancer and AdvancedConfiguration in the API reference; the sentences are ECS's where clients report them.
 */
import type {
  AdvancedConfiguration,
  DeploymentConfiguration,
  LoadBalancer,
  TransportProtocol,
} from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { util } from '../../kit/node.ts'
import { roleArn } from '../../model/arn.ts'
import { LOAD_BALANCERS_PER_SERVICE } from '../../model/limits.ts'
import type { TargetGroupRecord } from '../../model/load-balancing/records.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import type { RevisionLoadBalancer } from '../../model/service-records.ts'
import { forwardedGroups } from '../../model/load-balancing/forwarding.ts'
import { ruleOfTraffic } from '../../store/load-balancing/traffic-rule.ts'
import type { EcsContext } from './context.ts'
import { clientException, invalidParameter, unsupportedFeature } from './faults.ts'
import { roleNamed } from './pass-role.ts'

/** As sent, without members that are not set. */
export const checkedLoadBalancers = (
  context: EcsContext,
  given: readonly LoadBalancer[],
  definition: TaskDefinitionRecord,
): readonly RevisionLoadBalancer[] => {
  if (given.length > LOAD_BALANCERS_PER_SERVICE)
    throw invalidParameter(`loadBalancers can have at most ${LOAD_BALANCERS_PER_SERVICE} items.`)
  const checked = given.map((loadBalancer) => checkedLoadBalancer(context, loadBalancer, definition))
  if (checked.some((one, index) => checked.slice(0, index).some((other) => util.isDeepStrictEqual(one, other))))
    throw invalidParameter('loadBalancers must not name the same target group, container and port twice.')
  return checked
}

const checkedLoadBalancer = (
  context: EcsContext,
  { targetGroupArn, loadBalancerName, containerName, containerPort, advancedConfiguration }: LoadBalancer,
  definition: TaskDefinitionRecord,
): RevisionLoadBalancer => {
  if (targetGroupArn && loadBalancerName)
    throw invalidParameter(
      'loadBalancerName and targetGroupArn cannot both be specified. You must specify either a loadBalancerName or a targetGroupArn.',
    )
  if (loadBalancerName)
    throw unsupportedFeature(
      'Classic Load Balancers are not supported. Specify a targetGroupArn instead of a loadBalancerName.',
    )
  if (!targetGroupArn) throw invalidParameter('You must specify either a loadBalancerName or a targetGroupArn.')
  if (!containerName) throw invalidParameter('containerName cannot be empty.')
  if (containerPort === undefined) throw invalidParameter('containerPort cannot be empty.')
  checkPort(definition, containerName, containerPort)
  const port = { definition, containerName, containerPort }
  checkTargetGroup(context, targetGroupArn, port)
  const advanced = advancedConfiguration && checkedAdvanced(context, targetGroupArn, advancedConfiguration, port)
  return compact({ targetGroupArn, containerName, containerPort, advancedConfiguration: advanced })
}

const checkPort = ({ containerDefinitions }: TaskDefinitionRecord, containerName: string, port: number): void => {
  const container = containerDefinitions.find(({ name }) => name === containerName)
  if (container === undefined)
    throw invalidParameter(`The container ${containerName} does not exist in the task definition.`)
  if (!container.portMappings?.some(({ containerPort }) => containerPort === port))
    throw invalidParameter(`The container ${containerName} did not have a container port ${port} defined.`)
}

/** The port of a container that a target group leads to. */
interface BalancedPort {
  readonly definition: TaskDefinitionRecord
  readonly containerName: string
  readonly containerPort: number
}

const checkTargetGroup = (context: EcsContext, arn: string, port: BalancedPort): void => {
  const group = ownTargetGroup(context, arn)
  const mode = port.definition.networkMode ?? 'bridge'
  const wanted = mode === 'awsvpc' ? 'ip' : 'instance'
  if (group.targetType !== wanted)
    throw invalidParameter(
      `The provided target group ${arn} has target type ${group.targetType}, which is incompatible with the ${mode} network mode ` +
        'specified in the task definition.',
    )
  if (group.loadBalancerArns.length === 0)
    throw invalidParameter(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`)
  if (group.protocol === 'TCP_UDP' && !isOnePortOfBothProtocols(port))
    throw invalidParameter(
      `The provided target group ${arn} has protocol TCP_UDP, whose targets are one port for both protocols: the task definition must have the host ` +
        `network mode, or the bridge network mode and port mappings of the container port ${port.containerPort} for tcp and udp with the same hostPort.`,
    )
}

/** Docker picks host ports for each protocol by itself, and those of tasks with network interfaces are always picked. */
const isOnePortOfBothProtocols = ({ definition, containerName, containerPort }: BalancedPort): boolean => {
  if (definition.networkMode === 'host') return true
  if (definition.networkMode === 'awsvpc') return false
  const { portMappings = [] } = definition.containerDefinitions.find(({ name }) => name === containerName) ?? {}
  const hostPortOf = (wanted: TransportProtocol): number | undefined =>
    portMappings.find(({ containerPort: own, protocol = 'tcp' }) => own === containerPort && protocol === wanted)
      ?.hostPort
  return Boolean(hostPortOf('tcp')) && hostPortOf('tcp') === hostPortOf('udp')
}

const ownTargetGroup = ({ tx, account, region }: EcsContext, arn: string): TargetGroupRecord => {
  const group = tx.targetGroups.get(arn)
  if (group?.account === account && group.region === region) return group
  throw invalidParameter(`The target group with targetGroupArn ${arn} does not exist.`)
}

const checkedAdvanced = (
  context: EcsContext,
  targetGroupArn: string,
  { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn: role }: AdvancedConfiguration,
  port: BalancedPort,
): AdvancedConfiguration => {
  const required = { alternateTargetGroupArn, productionListenerRule, roleArn: role }
  for (const [member, value] of Object.entries(required))
    if (!value) throw invalidParameter(`${member} is required in advancedConfiguration.`)
  if (alternateTargetGroupArn === targetGroupArn)
    throw invalidParameter('alternateTargetGroupArn must be another target group than targetGroupArn.')
  checkTargetGroup(context, alternateTargetGroupArn ?? '', port)
  const groups = [targetGroupArn, alternateTargetGroupArn ?? '']
  checkRule(context, 'productionListenerRule', productionListenerRule ?? '', groups)
  if (testListenerRule) checkRule(context, 'testListenerRule', testListenerRule, groups)
  return compact({ ...required, testListenerRule: testListenerRule || undefined })
}

/** Traffic is shifted between the two target groups: a rule that leads to neither carries somebody else's. */
const checkRule = (
  { tx }: EcsContext,
  member: 'productionListenerRule' | 'testListenerRule',
  arn: string,
  groups: readonly string[],
): void => {
  const rule = ruleOfTraffic(tx, arn)
  if (rule === undefined) throw invalidParameter(`The ${member} ${arn} does not exist.`)
  if (!forwardedGroups(rule.actions).some((group) => groups.includes(group)))
    throw invalidParameter(`The ${member} ${arn} does not forward to the target groups of the service.`)
}

const STRATEGY_NAMES: Readonly<Record<string, string>> = {
  BLUE_GREEN: 'blue/green',
  LINEAR: 'linear',
  CANARY: 'canary',
}

/** AWS: https://github.com/terraform-aws-modules/terraform-aws-ecs/issues/377 */
export const checkStrategy = (
  { strategy = 'ROLLING' }: DeploymentConfiguration,
  loadBalancers: readonly RevisionLoadBalancer[] = [],
): void => {
  if (strategy === 'ROLLING' || loadBalancers.every(({ advancedConfiguration }) => advancedConfiguration)) return
  throw clientException(
    `advancedConfiguration field is required for all loadBalancers when using the ${STRATEGY_NAMES[strategy]} deployment strategy`,
  )
}

/** ECS's service-linked role. */
export const ecsRoleArn = ({ account }: Pick<EcsContext, 'account'>): string =>
  roleArn(account, 'AWSServiceRoleForECS', '/aws-service-role/ecs.amazonaws.com/')

/**
 * The role that the service is described with: the one that was named, or ECS's service-linked role.
 * AWS: tasks with network interfaces of their own, and several target groups, need the latter.
 */
export const serviceRoleArn = (
  context: EcsContext,
  role: string | undefined,
  loadBalancers: readonly RevisionLoadBalancer[],
  definition: TaskDefinitionRecord | undefined,
): string | undefined => {
  const linked = ecsRoleArn(context)
  if (!role) return loadBalancers.length > 0 ? linked : undefined
  const arn = roleNamed(context, role)
  if (arn === linked && loadBalancers.length > 0) return arn
  if (loadBalancers.length === 0)
    throw invalidParameter('You cannot specify an IAM role for services that do not use a load balancer.')
  if (loadBalancers.length > 1 || definition?.networkMode === 'awsvpc')
    throw invalidParameter('You cannot specify an IAM role for services that require a service linked role.')
  return arn
}
