/** Targets as requests name them, checked against what their group takes. */
import { isIPv4 } from 'node:net'
import type { TargetDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { elbResourceKind, parseArn } from '../../model/arn.ts'
import { containsBlock, parseCidr } from '../../model/cidr.ts'
import { PORT, TARGETS_PER_CALL } from '../../model/load-balancing/limits.ts'
import type { TargetGroupRecord, TargetRecord } from '../../model/load-balancing/records.ts'
import { zonesOf } from '../../store/ec2/zones.ts'
import { instanceOfTarget } from '../../store/load-balancing/instance-address.ts'
import { checkConstraints } from '../constraints.ts'
import type { Elbv2Context } from './context.ts'
import { invalidConfigurationRequest, invalidTarget, validationError } from './faults.ts'
import { getLoadBalancer } from './lookups.ts'

/** Which target of a group is meant. */
export type NamedTarget = Pick<TargetRecord, 'targetId' | 'port'>

type Requested = NamedTarget & Pick<TargetRecord, 'availabilityZone'>

/** The targets that a request names, each once. AWS: who names no port means the group's. */
export const namedTargets = (
  { port, targetType }: TargetGroupRecord,
  targets: readonly TargetDescription[] = [],
): readonly NamedTarget[] => {
  checkConstraints({ targets }, { targets: { max: TARGETS_PER_CALL } }, validationError)
  const named = targets.map(({ Id = '', Port }) => ({ targetId: Id, port: Port ?? port }))
  for (const target of named) {
    checkForm(targetType, target.targetId)
    checkConstraints({ Port: target.port }, { Port: PORT }, validationError)
  }
  return [...new Map(named.map((target) => [`${target.targetId}:${target.port}`, target])).values()]
}

const checkForm = (targetType: TargetGroupRecord['targetType'], id: string): void => {
  if (targetType === 'instance' && !/^i-[0-9a-f]{8,17}$/.test(id))
    throw validationError(`Instance ID '${id}' is not valid`)
  if (targetType === 'ip' && !isIPv4(id)) throw validationError(`The IP address '${id}' is not a valid IPv4 address`)
  if (targetType === 'alb' && elbResourceKind(id) !== 'loadbalancer')
    throw validationError(`'${id}' is not a valid load balancer ARN`)
}

/** The targets that a request registers: they are there, or may be. */
export const requestedTargets = (
  context: Elbv2Context,
  group: TargetGroupRecord,
  targets: readonly TargetDescription[] = [],
): readonly Requested[] => {
  if (targets.length === 0) throw validationError('At least one target must be specified')
  if (targets.some(({ QuicServerId }) => QuicServerId !== undefined))
    throw invalidConfigurationRequest(
      `Server IDs are not supported for target groups with protocol '${group.protocol}'`,
    )
  const named = namedTargets(group, targets)
  if (group.targetType === 'instance') checkInstances(context, named)
  const zoneOf = (target: NamedTarget): string | undefined =>
    targets.find(({ Id, Port = group.port }) => Id === target.targetId && Port === target.port)?.AvailabilityZone
  return named.map((target) => {
    const zone = zoneOf(target)
    if (group.targetType === 'ip') return requestedAddress(context, group, target, zone)
    if (zone !== undefined)
      throw validationError(`You cannot specify an Availability Zone for target type '${group.targetType}'`)
    if (group.targetType === 'alb') checkAlb(context, group, target)
    return target
  })
}

const checkInstances = ({ tx, account, region }: Elbv2Context, named: readonly NamedTarget[]): void => {
  const unknown = named.filter(({ targetId }) => {
    const home = parseArn(instanceOfTarget(tx, targetId)?.clusterArn ?? '')
    return home?.account !== account || home.region !== region
  })
  if (unknown.length === 0) return
  const ids = [...new Set(unknown.map(({ targetId }) => `'${targetId}'`))].join(', ')
  throw invalidTarget(`The following targets are not in a running state and cannot be registered: ${ids}`)
}

/** AWS: addresses of the VPC and private ones. Here, those of the machine itself as well: a single machine has no others. */
const TARGET_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8'] as const

const requestedAddress = (
  { tx, region }: Elbv2Context,
  { vpcId }: TargetGroupRecord,
  target: NamedTarget,
  zone: string | undefined,
): Requested => {
  const { targetId } = target
  const subnet = tx.subnets.find('byVpc', vpcId).find(({ cidrBlock }) => isIn(cidrBlock, targetId))
  const ofVpc = tx.vpcs.get(vpcId)?.cidrBlocks.map(({ cidrBlock }) => cidrBlock) ?? []
  if (![...ofVpc, ...TARGET_BLOCKS].some((block) => isIn(block, targetId)))
    throw invalidTarget(`The IP address '${targetId}' is not within a range of private addresses`)
  if (zone !== undefined && zone !== 'all' && !zonesOf(tx, region).includes(zone))
    throw validationError(`The Availability Zone '${zone}' is not valid`)
  return { ...target, availabilityZone: zone ?? subnet?.zoneName ?? 'all' }
}

const isIn = (block: string, address: string): boolean => {
  const [outer, inner] = [parseCidr(block), parseCidr(`${address}/32`)]
  return outer !== undefined && inner !== undefined && containsBlock(outer, inner)
}

const checkAlb = (context: Elbv2Context, { vpcId, port }: TargetGroupRecord, target: NamedTarget): void => {
  const balancer = getLoadBalancer(context, target.targetId)
  if (balancer === undefined || balancer.type !== 'application')
    throw invalidTarget(`Application Load Balancer '${target.targetId}' not found`)
  if (balancer.vpcId !== vpcId)
    throw invalidTarget(`Load balancer '${target.targetId}' is not in the VPC of the target group, '${vpcId}'`)
  if (target.port !== port) throw invalidTarget(`The port of the target must be the port of the target group, ${port}`)
  const listeners = context.tx.listeners.find('byLoadBalancer', target.targetId)
  if (!listeners.some((listener) => listener.port === port))
    throw invalidTarget(`Load balancer '${target.targetId}' must have a listener on port ${port}`)
}
