/** How clients address each AWS service here. */
import { ACM_REQUEST_BYTES } from '../model/certificate-limits.ts'
import { LOG_REQUEST_BYTES } from '../model/log-limits.ts'
import { ECR_REQUEST_BYTES } from '../model/registry-limits.ts'
import type { ServiceAddress } from '../wire/service.ts'

const JSON_11 = ['json-1.1'] as const

export const ACM = {
  name: 'acm',
  targetPrefix: 'CertificateManager',
  protocols: JSON_11,
  bodyBytes: ACM_REQUEST_BYTES,
} as const
export const CLOUDTRAIL = { name: 'cloudtrail', targetPrefix: 'CloudTrail_20131101', protocols: JSON_11 } as const
export const ECR = {
  name: 'ecr',
  targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
  protocols: JSON_11,
  bodyBytes: ECR_REQUEST_BYTES,
} as const
export const ECS = { name: 'ecs', targetPrefix: 'AmazonEC2ContainerServiceV20141113', protocols: JSON_11 } as const
export const KMS = { name: 'kms', targetPrefix: 'TrentService', protocols: JSON_11 } as const
export const LOGS = {
  name: 'logs',
  targetPrefix: 'Logs_20140328',
  protocols: JSON_11,
  bodyBytes: LOG_REQUEST_BYTES,
} as const
export const SECRETS_MANAGER = { name: 'secretsmanager', targetPrefix: 'secretsmanager', protocols: JSON_11 } as const
export const SSM = { name: 'ssm', targetPrefix: 'AmazonSSM', protocols: JSON_11 } as const

export const EC2 = {
  name: 'ec2',
  query: { version: '2016-11-15', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
  protocols: ['ec2-query'],
} as const satisfies ServiceAddress

export const ELBV2 = {
  name: 'elasticloadbalancing',
  query: { version: '2015-12-01', xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/' },
  protocols: ['query'],
} as const satisfies ServiceAddress

export const IAM = {
  name: 'iam',
  query: { version: '2010-05-08', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  protocols: ['query'],
} as const satisfies ServiceAddress

export const STS = {
  name: 'sts',
  query: { version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  protocols: ['query'],
} as const satisfies ServiceAddress
