/**
 * AmazonECS_FullAccess, for those who administer Amazon ECS.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html
 */
import { actionsOf, awsManaged } from './define.ts'

const COMPUTE = [
  ...actionsOf(
    'application-autoscaling',
    'DeleteScalingPolicy',
    'DeregisterScalableTarget',
    'DescribeScalableTargets',
    'DescribeScalingActivities',
    'DescribeScalingPolicies',
    'PutScalingPolicy',
    'RegisterScalableTarget',
  ),
  ...actionsOf(
    'autoscaling',
    'CreateAutoScalingGroup',
    'CreateLaunchConfiguration',
    'DeleteAutoScalingGroup',
    'DeleteLaunchConfiguration',
    'Describe*',
    'UpdateAutoScalingGroup',
  ),
  ...actionsOf('cloudformation', 'CreateStack', 'DeleteStack', 'DescribeStack*', 'UpdateStack'),
  ...actionsOf(
    'ec2',
    'AssociateRouteTable',
    'AttachInternetGateway',
    'AuthorizeSecurityGroupIngress',
    'CancelSpotFleetRequests',
    'CreateInternetGateway',
    'CreateLaunchTemplate',
    'CreateRoute',
    'CreateRouteTable',
    'CreateSecurityGroup',
    'CreateSubnet',
    'CreateVpc',
    'DeleteLaunchTemplate',
    'DeleteSubnet',
    'DeleteVpc',
    'Describe*',
    'DetachInternetGateway',
    'DisassociateRouteTable',
    'ModifySubnetAttribute',
    'ModifyVpcAttribute',
    'RequestSpotFleet',
    'RunInstances',
  ),
  'ecs:*',
  'lambda:ListFunctions',
]

const DEPLOYMENT = actionsOf(
  'codedeploy',
  'BatchGetApplicationRevisions',
  'BatchGetApplications',
  'BatchGetDeploymentGroups',
  'BatchGetDeployments',
  'ContinueDeployment',
  'CreateApplication',
  'CreateDeployment',
  'CreateDeploymentGroup',
  'GetApplication',
  'GetApplicationRevision',
  'GetDeployment',
  'GetDeploymentConfig',
  'GetDeploymentGroup',
  'GetDeploymentTarget',
  'ListApplicationRevisions',
  'ListApplications',
  'ListDeploymentConfigs',
  'ListDeploymentGroups',
  'ListDeployments',
  'ListDeploymentTargets',
  'RegisterApplicationRevision',
  'StopDeployment',
)

const STORAGE_AND_NETWORK = [
  ...actionsOf('elasticfilesystem', 'DescribeAccessPoints', 'DescribeFileSystems'),
  'fsx:DescribeFileSystems',
  ...actionsOf(
    'elasticloadbalancing',
    'CreateListener',
    'CreateLoadBalancer',
    'CreateRule',
    'CreateTargetGroup',
    'DeleteListener',
    'DeleteLoadBalancer',
    'DeleteRule',
    'DeleteTargetGroup',
    'DescribeListeners',
    'DescribeLoadBalancers',
    'DescribeRules',
    'DescribeTargetGroups',
  ),
  ...actionsOf(
    'appmesh',
    'DescribeVirtualGateway',
    'DescribeVirtualNode',
    'ListMeshes',
    'ListVirtualGateways',
    'ListVirtualNodes',
  ),
  ...actionsOf(
    'route53',
    'CreateHostedZone',
    'DeleteHostedZone',
    'GetHealthCheck',
    'GetHostedZone',
    'ListHostedZonesByName',
  ),
  ...actionsOf(
    'servicediscovery',
    'CreatePrivateDnsNamespace',
    'CreateService',
    'DeleteService',
    'GetNamespace',
    'GetOperation',
    'GetService',
    'ListNamespaces',
    'ListServices',
    'UpdateService',
  ),
]

const OBSERVATION = [
  ...actionsOf('cloudwatch', 'DeleteAlarms', 'DescribeAlarms', 'GetMetricStatistics', 'PutMetricAlarm'),
  ...actionsOf(
    'events',
    'DeleteRule',
    'DescribeRule',
    'ListRuleNamesByTarget',
    'ListTargetsByRule',
    'PutRule',
    'PutTargets',
    'RemoveTargets',
  ),
  ...actionsOf('iam', 'ListAttachedRolePolicies', 'ListInstanceProfiles', 'ListRoles'),
  ...actionsOf('logs', 'CreateLogGroup', 'DescribeLogGroups', 'FilterLogEvents'),
  'sns:ListTopics',
]

export const containerServicePolicies = [
  awsManaged({
    name: 'AmazonECS_FullAccess',
    id: 'ANPAJ7S7AN6YQPTJC7IFS',
    description:
      'Provides administrative access to Amazon ECS resources and enables ECS features through access to other AWS service resources, including VPCs, Auto Scaling groups, and CloudFormation stacks.',
    version: 20,
    createdAt: '2017-11-07T21:36:54Z',
    updatedAt: '2023-01-04T16:26:05Z',
    statements: [
      { actions: [...COMPUTE, ...DEPLOYMENT, ...STORAGE_AND_NETWORK, ...OBSERVATION].toSorted() },
      {
        actions: actionsOf('ssm', 'GetParameter', 'GetParameters', 'GetParametersByPath'),
        resources: ['arn:aws:ssm:*:*:parameter/aws/service/ecs*'],
      },
      {
        actions: actionsOf('ec2', 'DeleteInternetGateway', 'DeleteRoute', 'DeleteRouteTable', 'DeleteSecurityGroup'),
        condition: { StringLike: { 'ec2:ResourceTag/aws:cloudformation:stack-name': 'EC2ContainerService-*' } },
      },
      {
        actions: ['iam:PassRole'],
        condition: { StringLike: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      {
        actions: ['iam:PassRole'],
        resources: ['arn:aws:iam::*:role/ecsInstanceRole*'],
        condition: { StringLike: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
      },
      {
        actions: ['iam:PassRole'],
        resources: ['arn:aws:iam::*:role/ecsAutoscaleRole*'],
        condition: {
          StringLike: {
            'iam:PassedToService': [
              'application-autoscaling.amazonaws.com',
              'application-autoscaling.amazonaws.com.cn',
            ],
          },
        },
      },
      {
        actions: ['iam:CreateServiceLinkedRole'],
        condition: {
          StringLike: {
            'iam:AWSServiceName': [
              'autoscaling.amazonaws.com',
              'ecs.amazonaws.com',
              'ecs.application-autoscaling.amazonaws.com',
              'spot.amazonaws.com',
              'spotfleet.amazonaws.com',
            ],
          },
        },
      },
      {
        actions: ['elasticloadbalancing:AddTags'],
        condition: {
          StringEquals: {
            'elasticloadbalancing:CreateAction': [
              'CreateTargetGroup',
              'CreateRule',
              'CreateListener',
              'CreateLoadBalancer',
            ],
          },
        },
      },
    ],
  }),
]
