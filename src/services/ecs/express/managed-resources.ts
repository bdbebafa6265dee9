/** What ECS made for an Express service, as service revisions show it. */
import type {
  ECSManagedResources,
  ManagedCertificate,
  ManagedIngressPath,
  ManagedLoadBalancer,
  ManagedLogGroup,
  ManagedSecurityGroup,
  ManagedTargetGroup,
} from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { dateOf } from '../../../kit/timestamps.ts'
import { ec2Arn, logGroupNameOf } from '../../../model/arn.ts'
import type { CertificateRecord } from '../../../model/certificate-records.ts'
import { expressEndpoint, type ExpressGateway } from '../../../model/express-gateway.ts'
import type { LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import type { ReadTables } from '../../../store/tables.ts'

export const describeManaged = (tables: ReadTables, express: ExpressGateway): ECSManagedResources => ({
  ingressPaths: [describePath(tables, express)],
  serviceSecurityGroups: [describeGroup(tables, express, express.securityGroupId)],
  logGroups: express.logGroupArn === undefined ? [] : [describeLogs(tables, express, express.logGroupArn)],
})

const describeLogs = (tables: ReadTables, express: ExpressGateway, arn: string): ManagedLogGroup => ({
  arn,
  logGroupName: logGroupNameOf(arn) ?? '',
  ...stateOf(tables.logGroups.get(arn), express),
})

interface Made {
  readonly createdAt: number
}

/** What is gone was removed by somebody, or with the service. */
const stateOf = (row: Made | undefined, { updatedAt }: ExpressGateway) =>
  row === undefined
    ? ({ status: 'DELETED', updatedAt: dateOf(updatedAt) } as const)
    : ({ status: 'ACTIVE', updatedAt: dateOf(row.createdAt) } as const)

const describePath = (tables: ReadTables, express: ExpressGateway): ManagedIngressPath => {
  const balancer = tables.loadBalancers.get(express.loadBalancerArn)
  return {
    accessType: express.accessType,
    endpoint: expressEndpoint(express),
    loadBalancer: describeBalancer(balancer, express),
    loadBalancerSecurityGroups: (balancer?.securityGroups ?? []).map((id) => describeGroup(tables, express, id)),
    certificate: describeCertificate(tables, express),
    listener: { arn: express.listenerArn, ...stateOf(tables.listeners.get(express.listenerArn), express) },
    rule: { arn: express.ruleArn, ...stateOf(tables.rules.get(express.ruleArn), express) },
    targetGroups: express.targetGroupArns.map((arn) => describeTargets(tables, express, arn)),
  }
}

const BALANCER_STATUS = { provisioning: 'PROVISIONING', active: 'ACTIVE', failed: 'FAILED' } as const

const describeBalancer = (row: LoadBalancerRecord | undefined, express: ExpressGateway): ManagedLoadBalancer => ({
  arn: express.loadBalancerArn,
  scheme: row?.scheme ?? (express.accessType === 'PUBLIC' ? 'internet-facing' : 'internal'),
  ...stateOf(row, express),
  ...(row && {
    status: BALANCER_STATUS[row.state],
    ...compact({ statusReason: row.stateReason }),
    subnetIds: row.subnets.map(({ subnetId }) => subnetId),
    securityGroupIds: [...row.securityGroups],
  }),
})

const describeGroup = (tables: ReadTables, express: ExpressGateway, groupId: string): ManagedSecurityGroup => {
  const row = tables.securityGroups.get(groupId)
  return {
    ...compact({ arn: row && ec2Arn(row.region, row.account, 'security-group', groupId) }),
    ...stateOf(row, express),
  }
}

const describeCertificate = (tables: ReadTables, express: ExpressGateway): ManagedCertificate => {
  const row = tables.certificates.get(express.certificateArn)
  return {
    arn: express.certificateArn,
    domainName: express.hostName,
    ...stateOf(row, express),
    ...(row && { status: certificateStatus(row) }),
  }
}

const certificateStatus = ({ status }: CertificateRecord): ManagedCertificate['status'] => {
  if (status === 'PENDING_VALIDATION') return 'PROVISIONING'
  return status === 'ISSUED' ? 'ACTIVE' : 'FAILED'
}

const describeTargets = (tables: ReadTables, express: ExpressGateway, arn: string): ManagedTargetGroup => {
  const row = tables.targetGroups.get(arn)
  const port = row?.port ?? 0
  const checked = Number(row?.healthCheck.port)
  return {
    arn,
    healthCheckPath: row?.healthCheck.path ?? '',
    healthCheckPort: Number.isNaN(checked) ? port : checked,
    port,
    ...stateOf(row, express),
  }
}
