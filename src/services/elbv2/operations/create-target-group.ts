/** CreateTargetGroup: a target group without targets, which no load balancer uses yet. */
import type { CreateTargetGroupInput, CreateTargetGroupOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { targetGroupArn } from '../../../model/arn.ts'
import { PORT } from '../../../model/load-balancing/limits.ts'
import type { TargetGroupRecord } from '../../../model/load-balancing/records.ts'
import { getVpc } from '../../../store/ec2/lookups.ts'
import { homeKey, homeNameKey } from '../../../store/load-balancing/load-balancing-tables.ts'
import { checkConstraints } from '../../constraints.ts'
import { onCreated } from '../access.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeTargetGroup } from '../describe-target-group.ts'
import {
  duplicateTargetGroupName,
  invalidConfigurationRequest,
  tooManyTargetGroups,
  validationError,
} from '../faults.ts'
import { requestedHealthCheck } from '../health-check.ts'
import { newTargetGroup } from '../../../model/load-balancing/new-rows.ts'
import { checkTargetGroupName } from '../names.ts'
import { checkQuota } from '../quotas.ts'
import { checkedTags } from '../tags.ts'

type Kind = Pick<TargetGroupRecord, 'targetType' | 'protocol' | 'protocolVersion'>

export const createTargetGroup: Elbv2Operation<CreateTargetGroupInput, CreateTargetGroupOutput> = {
  access: ({ Name = '', Tags }, { region, account }) =>
    onCreated('CreateTargetGroup', targetGroupArn(region, account, Name, '*'), Tags),
  handle: (input, context) => {
    const { tx } = context
    const wanted = wantedTargetGroup(context, input)
    const existing = tx.targetGroups.find('byName', homeNameKey(wanted))[0]
    if (existing !== undefined) return { TargetGroups: [describeTargetGroup(sameTargetGroup(existing, wanted))] }
    const count = tx.targetGroups.findSize('byHome', homeKey(context))
    checkQuota('target-groups', count, 'target groups', tooManyTargetGroups)
    return { TargetGroups: [describeTargetGroup(tx.targetGroups.insert(wanted))] }
  },
}

const wantedTargetGroup = (context: Elbv2Context, input: CreateTargetGroupInput): TargetGroupRecord => {
  const { Name: name = '' } = input
  checkTargetGroupName(name)
  refuseUnsupported(input)
  const kind = kindOf(input)
  return newTargetGroup(context, {
    name,
    ...kind,
    port: requirePort(input),
    vpcId: requireVpc(context, input),
    healthCheck: requestedHealthCheck(kind, input),
    tags: checkedTags(input.Tags),
  })
}

const refuseUnsupported = ({ IpAddressType, TargetControlPort }: CreateTargetGroupInput): void => {
  if (IpAddressType !== undefined && IpAddressType !== 'ipv4')
    throw invalidConfigurationRequest(
      `IP address type '${IpAddressType}' is not supported: load balancers have IPv4 addresses only`,
    )
  if (TargetControlPort !== undefined)
    throw invalidConfigurationRequest('Target control ports are not supported: there is no target optimizer')
}

const NETWORK_PROTOCOLS = ['TCP', 'TLS', 'UDP', 'TCP_UDP'] as const
const PROTOCOLS = ['HTTP', 'HTTPS', ...NETWORK_PROTOCOLS] as const
const TARGET_TYPES = ['instance', 'ip', 'alb'] as const
const PROTOCOL_VERSIONS = ['HTTP1', 'HTTP2', 'GRPC'] as const

const kindOf = (input: CreateTargetGroupInput): Kind => {
  const targetType = requireOneOf('targetType', input.TargetType ?? 'instance', TARGET_TYPES)
  if (input.Protocol === undefined) throw validationError('A protocol must be specified')
  const protocol = requireOneOf('protocol', input.Protocol, PROTOCOLS)
  if (targetType === 'alb' && protocol !== 'TCP')
    throw invalidConfigurationRequest(
      `Protocol '${protocol}' is not supported for target groups with target type 'alb'`,
    )
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    if (input.ProtocolVersion !== undefined)
      throw invalidConfigurationRequest(`Protocol version cannot be specified for protocol '${protocol}'`)
    return { targetType, protocol }
  }
  const protocolVersion = requireOneOf('protocolVersion', input.ProtocolVersion ?? 'HTTP1', PROTOCOL_VERSIONS)
  return { targetType, protocol, protocolVersion }
}

const requireOneOf = <Value extends string>(member: string, value: string, allowed: readonly Value[]): Value => {
  const found = allowed.find((one) => one === value)
  if (found === undefined)
    throw validationError(
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
    )
  return found
}

const requirePort = ({ Port }: CreateTargetGroupInput): number => {
  if (Port === undefined) throw validationError('A port must be specified')
  checkConstraints({ Port }, { Port: PORT }, validationError)
  return Port
}

const requireVpc = (context: Elbv2Context, { VpcId }: CreateTargetGroupInput): string => {
  if (VpcId === undefined) throw validationError('A VPC ID must be specified')
  if (getVpc(context.tx, context, VpcId) === undefined) throw validationError(`The VPC ID '${VpcId}' is not found`)
  return VpcId
}

/** AWS: the same call again answers with what is there. */
const sameTargetGroup = (existing: TargetGroupRecord, wanted: TargetGroupRecord): TargetGroupRecord => {
  if (settingsOf(existing) === settingsOf(wanted)) return existing
  throw duplicateTargetGroupName(
    `A target group with the same name '${wanted.name}' exists, but with different settings`,
  )
}

const settingsOf = ({ targetType, protocol, protocolVersion, port, vpcId, healthCheck }: TargetGroupRecord): string => {
  const { HttpCode, GrpcCode } = healthCheck.matcher ?? {}
  const checked = [healthCheck.protocol, healthCheck.port, healthCheck.path, HttpCode, GrpcCode]
  const times = [healthCheck.intervalSeconds, healthCheck.timeoutSeconds]
  const thresholds = [healthCheck.healthyThreshold, healthCheck.unhealthyThreshold]
  return JSON.stringify([targetType, protocol, protocolVersion, port, vpcId, checked, times, thresholds])
}
