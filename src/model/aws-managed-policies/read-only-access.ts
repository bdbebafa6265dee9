/**
 * ReadOnlyAccess, as far as it speaks of services around containers. AWS: its own goes through all of AWS's services, and does not let
 * anyone read what is secret: values of secrets stay unread, those of parameters that are no secrets do not.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
 */
import { actionsOf, awsManaged } from './define.ts'

const CONTAINERS = [
  ...actionsOf('ecs', 'Describe*', 'Get*', 'List*'),
  ...actionsOf('ecr', 'BatchCheck*', 'BatchGet*', 'Describe*', 'Get*', 'List*'),
  ...actionsOf('ecr-public', 'BatchCheckLayerAvailability', 'Describe*', 'Get*', 'List*'),
]

const COMPUTE_AND_NETWORK = [
  ...actionsOf('application-autoscaling', 'Describe*', 'List*'),
  ...actionsOf('autoscaling', 'Describe*', 'Get*'),
  ...actionsOf('autoscaling-plans', 'Describe*', 'GetScalingPlanResourceForecastData'),
  ...actionsOf('ec2', 'Describe*', 'Get*'),
  ...actionsOf('elasticloadbalancing', 'Describe*', 'Get*'),
  ...actionsOf('servicediscovery', 'DiscoverInstances*', 'Get*', 'List*'),
  ...actionsOf('tag', 'DescribeReportCreation', 'Get*'),
]

const OBSERVATION = [
  ...actionsOf('cloudtrail', 'Describe*', 'Get*', 'List*', 'LookupEvents'),
  ...actionsOf('cloudwatch', 'Describe*', 'GenerateQuery', 'Get*', 'List*'),
  ...actionsOf('events', 'Describe*', 'List*', 'TestEventPattern'),
  ...actionsOf(
    'logs',
    'Describe*',
    'FilterLogEvents',
    'Get*',
    'List*',
    'StartLiveTail',
    'StartQuery',
    'StopLiveTail',
    'StopQuery',
    'TestMetricFilter',
  ),
]

const IDENTITY_AND_SECRETS = [
  ...actionsOf(
    'iam',
    'GenerateCredentialReport',
    'GenerateServiceLastAccessedDetails',
    'Get*',
    'List*',
    'SimulateCustomPolicy',
    'SimulatePrincipalPolicy',
  ),
  ...actionsOf('kms', 'Describe*', 'Get*', 'List*'),
  ...actionsOf('secretsmanager', 'Describe*', 'GetResourcePolicy', 'List*'),
  ...actionsOf('ssm', 'Describe*', 'Get*', 'List*'),
  ...actionsOf('sts', 'GetAccessKeyInfo', 'GetCallerIdentity', 'GetSessionToken'),
]

export const readOnlyAccessPolicies = [
  awsManaged({
    name: 'ReadOnlyAccess',
    id: 'ANPAILL3HVNFSB6DCOWYQ',
    description: 'Provides read-only access to AWS services and resources.',
    version: 1,
    createdAt: '2015-02-06T18:39:48Z',
    statements: [
      { actions: [...CONTAINERS, ...COMPUTE_AND_NETWORK, ...OBSERVATION, ...IDENTITY_AND_SECRETS].toSorted() },
    ],
  }),
]
