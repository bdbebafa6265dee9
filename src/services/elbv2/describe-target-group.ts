/** A target group as clients see it. */
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { TargetGroupRecord } from '../../model/load-balancing/records.ts'

export const describeTargetGroup = ({ healthCheck, ...row }: TargetGroupRecord): TargetGroup => ({
  TargetGroupArn: row.targetGroupArn,
  TargetGroupName: row.name,
  Protocol: row.protocol,
  Port: row.port,
  VpcId: row.vpcId,
  HealthCheckProtocol: healthCheck.protocol,
  HealthCheckPort: healthCheck.port,
  HealthCheckEnabled: healthCheck.isEnabled,
  HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
  HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
  HealthyThresholdCount: healthCheck.healthyThreshold,
  UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
  ...(healthCheck.path !== undefined && { HealthCheckPath: healthCheck.path }),
  ...(healthCheck.matcher !== undefined && { Matcher: healthCheck.matcher }),
  LoadBalancerArns: [...row.loadBalancerArns],
  TargetType: row.targetType,
  ...(row.protocolVersion !== undefined && { ProtocolVersion: row.protocolVersion }),
  IpAddressType: row.ipAddressType,
})
