/**
 * AmazonECSServiceRolePolicy, which the service-linked role AWSServiceRoleForECS has.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html
 */
import { actionsOf, awsManaged } from './define.ts'

const TASK_MANAGEMENT = [
  ...actionsOf(
    'ec2',
    'AttachNetworkInterface',
    'AssociateTrunkInterface',
    'CreateNetworkInterface',
    'CreateNetworkInterfacePermission',
    'DeleteNetworkInterface',
    'DeleteNetworkInterfacePermission',
    'Describe*',
    'DetachNetworkInterface',
    'DisassociateTrunkInterface',
  ),
  ...actionsOf(
    'elasticloadbalancing',
    'DeregisterInstancesFromLoadBalancer',
    'DeregisterTargets',
    'Describe*',
    'RegisterInstancesWithLoadBalancer',
    'RegisterTargets',
  ),
  ...actionsOf(
    'route53',
    'ChangeResourceRecordSets',
    'CreateHealthCheck',
    'DeleteHealthCheck',
    'Get*',
    'List*',
    'UpdateHealthCheck',
  ),
  ...actionsOf(
    'servicediscovery',
    'DeregisterInstance',
    'Get*',
    'List*',
    'RegisterInstance',
    'UpdateInstanceCustomHealthStatus',
  ),
]

const AUTO_SCALING_MANAGEMENT = actionsOf(
  'autoscaling',
  'DeletePolicy',
  'PutScalingPolicy',
  'SetInstanceProtection',
  'UpdateAutoScalingGroup',
  'PutLifecycleHook',
  'DeleteLifecycleHook',
  'CompleteLifecycleAction',
  'RecordLifecycleActionHeartbeat',
)

const managedByEcs = (service: string): { readonly Null: Readonly<Record<string, string>> } => ({
  Null: { [`${service}:ResourceTag/AmazonECSManaged`]: 'false' },
})

export const containerServiceLinkedPolicies = [
  awsManaged({
    name: 'AmazonECSServiceRolePolicy',
    path: '/aws-service-role/',
    id: 'ANPAIVUWKEUTSJAVRIOVQ',
    description: 'Policy to enable Amazon ECS to manage your cluster.',
    version: 13,
    createdAt: '2017-10-14T01:18:58Z',
    updatedAt: '2025-11-14T21:04:09Z',
    statements: [
      { sid: 'ECSTaskManagement', actions: TASK_MANAGEMENT },
      { sid: 'AutoScaling', actions: ['autoscaling:Describe*'] },
      { sid: 'AutoScalingManagement', actions: AUTO_SCALING_MANAGEMENT, condition: managedByEcs('autoscaling') },
      {
        sid: 'AutoScalingPlanManagement',
        actions: actionsOf(
          'autoscaling-plans',
          'CreateScalingPlan',
          'DeleteScalingPlan',
          'DescribeScalingPlans',
          'DescribeScalingPlanResources',
        ),
      },
      {
        sid: 'EventBridge',
        actions: actionsOf('events', 'DescribeRule', 'ListTargetsByRule'),
        resources: ['arn:aws:events:*:*:rule/ecs-managed-*'],
      },
      {
        sid: 'EventBridgeRuleManagement',
        actions: actionsOf('events', 'PutRule', 'PutTargets'),
        condition: { StringEquals: { 'events:ManagedBy': 'ecs.amazonaws.com' } },
      },
      {
        sid: 'CWAlarmManagement',
        actions: actionsOf('cloudwatch', 'DeleteAlarms', 'DescribeAlarms', 'PutMetricAlarm'),
        resources: ['arn:aws:cloudwatch:*:*:alarm:*'],
      },
      { sid: 'ECSTagging', actions: ['ec2:CreateTags'], resources: ['arn:aws:ec2:*:*:network-interface/*'] },
      {
        sid: 'CWLogGroupManagement',
        actions: actionsOf('logs', 'CreateLogGroup', 'DescribeLogGroups', 'PutRetentionPolicy'),
        resources: ['arn:aws:logs:*:*:log-group:/aws/ecs/*'],
      },
      {
        sid: 'CWLogStreamManagement',
        actions: actionsOf('logs', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'),
        resources: ['arn:aws:logs:*:*:log-group:/aws/ecs/*:log-stream:*'],
      },
      { sid: 'ExecuteCommandSessionManagement', actions: ['ssm:DescribeSessions'] },
      {
        sid: 'ExecuteCommand',
        actions: ['ssm:StartSession'],
        resources: ['arn:aws:ecs:*:*:task/*', 'arn:aws:ssm:*:*:document/AmazonECS-ExecuteInteractiveCommand'],
      },
      {
        sid: 'CloudMapResourceCreation',
        actions: actionsOf('servicediscovery', 'CreateHttpNamespace', 'CreateService'),
        condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['AmazonECSManaged'] } },
      },
      {
        sid: 'CloudMapResourceTagging',
        actions: ['servicediscovery:TagResource'],
        condition: { StringLike: { 'aws:RequestTag/AmazonECSManaged': '*' } },
      },
      { sid: 'CloudMapResourceDeletion', actions: ['servicediscovery:DeleteService'], condition: managedByEcs('aws') },
      {
        sid: 'CloudMapResourceDiscovery',
        actions: actionsOf('servicediscovery', 'DiscoverInstances', 'DiscoverInstancesRevision'),
      },
      {
        sid: 'CloudMapResourceAttributeManagement',
        actions: ['servicediscovery:UpdateServiceAttributes'],
        condition: managedByEcs('aws'),
      },
    ],
  }),
]
