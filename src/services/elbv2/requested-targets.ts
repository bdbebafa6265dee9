/** Targets as requests name them, checked against what their group takes. */
import { isIPv4 } from 'node:net'
import type { TargetDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { defined } from '../../kit/assert.ts'
import { elbResourceKind, parseArn } from '../../model/arn.ts'
import { type CidrBlock, containsBlock, parseCidr } from '../../model/cidr.ts'
import { PORT, TARGETS_PER_CALL } from '../../model/load-balancing/limits.ts'
import { type TargetGroupRecord, targetKey, type TargetRecord } from '../../model/load-balancing/records.ts'
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
  // Of one that is named twice, the first counts.
  const zones = new Map(
    targets.toReversed().map(({ Id, Port = group.port, AvailabilityZone }) => [`${Id}:${Port}`, AvailabilityZone]),
  )
  const surroundings = surroundingsOf(context, group)
  return named.map((target) => {
    const zone = zones.get(targetKey(target))
    if (group.targetType === 'ip') return requestedAddress(surroundings, target, zone)
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

/** Where the addresses of a group may be, looked up once for all of them. */
interface Surroundings {
  readonly zones: readonly string[]
  readonly subnets: readonly { readonly block: CidrBlock; readonly zoneName: string }[]
  readonly blocks: readonly CidrBlock[]
}

const surroundingsOf = ({ tx, region }: Elbv2Context, { vpcId }: TargetGroupRecord): Surroundings => {
  const ofVpc = tx.vpcs.get(vpcId)?.cidrBlocks.map(({ cidrBlock }) => cidrBlock) ?? []
  return {
    zones: ['all', ...zonesOf(tx, region)],
    subnets: tx.subnets
      .find('byVpc', vpcId)
      .map(({ cidrBlock, zoneName }) => ({ block: blockOf(cidrBlock), zoneName })),
    blocks: [...ofVpc, ...TARGET_BLOCKS].map(blockOf),
  }
}

const requestedAddress = (
  { zones, subnets, blocks }: Surroundings,
  target: NamedTarget,
  zone: string | undefined,
): Requested => {
  const { targetId } = target
  const address = blockOf(`${targetId}/32`)
  const isIn = (block: CidrBlock): boolean => containsBlock(block, address)
  if (!blocks.some(isIn)) throw invalidTarget(`The IP address '${targetId}' is not within a range of private addresses`)
  if (zone !== undefined && !zones.includes(zone)) throw validationError(`The Availability Zone '${zone}' is not valid`)
  return { ...target, availabilityZone: zone ?? subnets.find(({ block }) => isIn(block))?.zoneName ?? 'all' }
}

const blockOf = (text: string): CidrBlock => defined(parseCidr(text), 'a block of addresses that was checked before')

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
