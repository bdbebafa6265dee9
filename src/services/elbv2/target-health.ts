/** The state of a target as clients see it: what rows say of it, otherwise what balancers say. */
import type {
  AnomalyDetection,
  TargetHealth,
  TargetHealthDescription,
  TargetHealthReasonEnum as Reason,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { targetGroupAttributes } from '../../model/load-balancing/attributes.ts'
import type { TargetHealthReport } from '../../model/load-balancing/messages.ts'
import { type TargetGroupRecord, type TargetRecord, targetRowKey } from '../../model/load-balancing/records.ts'
import { instanceOfTarget } from '../../store/load-balancing/instance-address.ts'
import { targetReport } from '../../store/load-balancing/target-report.ts'
import type { Elbv2Context } from './context.ts'
import type { NamedTarget } from './requested-targets.ts'

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes */
const DESCRIPTIONS: Readonly<Record<Reason, string>> = {
  'Elb.InitialHealthChecking': 'Initial health checks in progress',
  'Elb.InternalError': 'Health checks failed due to an internal error',
  'Elb.RegistrationInProgress': 'Target registration is in progress',
  'Target.DeregistrationInProgress': 'Target deregistration is in progress',
  'Target.FailedHealthChecks': 'Health checks failed',
  'Target.HealthCheckDisabled': 'Health checks are disabled',
  'Target.InvalidState': 'Target is in the terminated state',
  'Target.IpUnusable': 'The IP address cannot be used as a target, as it is in use by a load balancer',
  'Target.NotInUse': 'Target group is not configured to receive traffic from the load balancer',
  'Target.NotRegistered': 'Target is not registered to the target group',
  'Target.ResponseCodeMismatch': 'Health checks failed with these codes: []',
  'Target.Timeout': 'Request timed out',
}

const NO_OVERRIDE = {
  State: 'no_override',
  Reason: 'AdministrativeOverride.NoOverride',
  Description: 'No override is currently active on target',
} as const

/** A target that may or may not be registered. */
export const describeTargetHealth = (
  context: Elbv2Context,
  group: TargetGroupRecord,
  target: NamedTarget,
  includesAnomalies: boolean,
): TargetHealthDescription => {
  const row = context.tx.targets.get(targetRowKey({ ...target, targetGroupArn: group.targetGroupArn }))
  const health = row === undefined ? because('unused', 'Target.NotRegistered') : healthOf(context, group, row)
  const { port } = group.healthCheck
  return {
    Target: {
      Id: target.targetId,
      Port: target.port,
      ...(row?.availabilityZone !== undefined && { AvailabilityZone: row.availabilityZone }),
    },
    ...(row !== undefined && { HealthCheckPort: port === 'traffic-port' ? String(target.port) : port }),
    TargetHealth: health,
    ...(includesAnomalies && row !== undefined && { AnomalyDetection: anomalyOf(context, group, row) }),
    AdministrativeOverride: NO_OVERRIDE,
  }
}

const because = (state: NonNullable<TargetHealth['State']>, reason: Reason, description?: string): TargetHealth => ({
  State: state,
  Reason: reason,
  Description: description ?? DESCRIPTIONS[reason],
})

const healthOf = (context: Elbv2Context, group: TargetGroupRecord, target: TargetRecord): TargetHealth => {
  if (target.drainingUntil !== undefined) return because('draining', 'Target.DeregistrationInProgress')
  if (group.loadBalancerArns.length === 0) return because('unused', 'Target.NotInUse')
  return unusable(context, group, target) ?? reported(reportOf(context, target))
}

/** What cannot get requests, whatever balancers say. */
const unusable = (
  { tx }: Elbv2Context,
  { targetType }: TargetGroupRecord,
  { targetId }: TargetRecord,
): TargetHealth | undefined => {
  if (targetType === 'instance' && instanceOfTarget(tx, targetId) === undefined)
    return because('unused', 'Target.InvalidState')
  if (targetType !== 'ip') return undefined
  for (const { addresses } of tx.loadBalancers.rows())
    if (addresses.includes(targetId)) return because('unused', 'Target.IpUnusable')
  return undefined
}

const reportOf = ({ tx, targetHealth }: Elbv2Context, target: TargetRecord): TargetHealthReport | undefined =>
  targetReport(tx, targetHealth, target)

const reported = (report: TargetHealthReport | undefined): TargetHealth => {
  if (report === undefined) return because('initial', 'Elb.RegistrationInProgress')
  const { state, reason, description } = report
  return reason === undefined ? { State: state } : because(state, reason, description)
}

const anomalyOf = (context: Elbv2Context, group: TargetGroupRecord, target: TargetRecord): AnomalyDetection => {
  const isAnomalous = reportOf(context, target)?.isAnomalous === true
  const isMitigated = targetGroupAttributes(group)['load_balancing.algorithm.anomaly_mitigation'] === 'on'
  return {
    Result: isAnomalous ? 'anomalous' : 'normal',
    MitigationInEffect: isAnomalous && isMitigated ? 'yes' : 'no',
  }
}
