/**
 * AWS's managed policy for the infrastructure role of Express services: what ECS makes has a tag, and of what has it not it touches nothing.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRoleforExpressGatewayServices.html
 */
import { actionsOf, awsManaged } from './define.ts'

const MANAGED = { StringEquals: { 'aws:ResourceTag/AmazonECSManaged': 'true' } }
const REQUESTED = { StringEquals: { 'aws:RequestTag/AmazonECSManaged': 'true' } }

const BALANCING = ['loadbalancer/app/*/*', 'listener/app/*/*/*', 'listener-rule/app/*/*/*/*', 'targetgroup/*/*'].map(
  (resource) => `arn:aws:elasticloadbalancing:*:*:${resource}`,
)
const ec2 = (type: string): string => `arn:aws:ec2:*:*:${type}/*`
const SCALABLE_TARGETS = ['arn:aws:application-autoscaling:*:*:scalable-target/*']
const ALARMS = ['arn:aws:cloudwatch:*:*:alarm:*']

const AUTHORIZE = actionsOf('ec2', 'AuthorizeSecurityGroupEgress', 'AuthorizeSecurityGroupIngress')

export const expressGatewayPolicies = [
  awsManaged({
    name: 'AmazonECSInfrastructureRoleforExpressGatewayServices',
    path: '/service-role/',
    id: 'ANPAEXPRESSGATEWAYSVC',
    description:
      'These permissions enable Amazon ECS to automatically provision and manage the infrastructure components required for ' +
      'Express Gateway Services, including load balancing, security groups, SSL certificates, and auto scaling configurations.',
    version: 6,
    createdAt: '2025-11-12T20:34:00Z',
    updatedAt: '2026-02-12T18:01:00Z',
    statements: [
      {
        sid: 'ServiceLinkedRoleCreateOperations',
        actions: ['iam:CreateServiceLinkedRole'],
        condition: {
          StringEquals: {
            'iam:AWSServiceName': ['ecs.application-autoscaling.amazonaws.com', 'elasticloadbalancing.amazonaws.com'],
          },
        },
      },
      {
        sid: 'ELBOperations',
        actions: actionsOf(
          'elasticloadbalancing',
          'CreateListener',
          'CreateLoadBalancer',
          'CreateRule',
          'CreateTargetGroup',
          'ModifyListener',
          'ModifyRule',
          'AddListenerCertificates',
          'RemoveListenerCertificates',
          'RegisterTargets',
          'DeregisterTargets',
          'DeleteTargetGroup',
          'DeleteLoadBalancer',
          'DeleteRule',
          'DeleteListener',
        ),
        resources: BALANCING,
        condition: MANAGED,
      },
      {
        sid: 'TagOnCreateELBResources',
        actions: ['elasticloadbalancing:AddTags'],
        resources: BALANCING,
        condition: {
          StringEquals: {
            'elasticloadbalancing:CreateAction': [
              'CreateLoadBalancer',
              'CreateListener',
              'CreateRule',
              'CreateTargetGroup',
            ],
          },
        },
      },
      {
        sid: 'BlanketAllowCreateSecurityGroupsInVPCs',
        actions: ['ec2:CreateSecurityGroup'],
        resources: [ec2('vpc')],
      },
      {
        sid: 'CreateSecurityGroupResourcesWithTags',
        actions: ['ec2:CreateSecurityGroup', ...AUTHORIZE],
        resources: [ec2('security-group'), ec2('security-group-rule'), ec2('vpc')],
        condition: REQUESTED,
      },
      {
        sid: 'ModifySecurityGroupOperations',
        actions: [
          ...AUTHORIZE,
          ...actionsOf('ec2', 'DeleteSecurityGroup', 'RevokeSecurityGroupEgress', 'RevokeSecurityGroupIngress'),
        ],
        resources: [ec2('security-group'), ec2('vpc')],
        condition: MANAGED,
      },
      {
        sid: 'TagOnCreateEC2Resources',
        actions: ['ec2:CreateTags'],
        resources: [ec2('security-group'), ec2('security-group-rule')],
        condition: {
          StringEquals: {
            'ec2:CreateAction': [
              'CreateSecurityGroup',
              'AuthorizeSecurityGroupIngress',
              'AuthorizeSecurityGroupEgress',
            ],
          },
        },
      },
      {
        sid: 'CertificateOperations',
        actions: actionsOf(
          'acm',
          'RequestCertificate',
          'AddTagsToCertificate',
          'DeleteCertificate',
          'DescribeCertificate',
        ),
        resources: ['arn:aws:acm:*:*:certificate/*'],
        condition: MANAGED,
      },
      {
        sid: 'ApplicationAutoscalingCreateOperations',
        actions: actionsOf(
          'application-autoscaling',
          'RegisterScalableTarget',
          'TagResource',
          'DeregisterScalableTarget',
        ),
        resources: SCALABLE_TARGETS,
        condition: MANAGED,
      },
      {
        sid: 'ApplicationAutoscalingPolicyOperations',
        actions: actionsOf('application-autoscaling', 'PutScalingPolicy', 'DeleteScalingPolicy'),
        resources: SCALABLE_TARGETS,
        condition: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
      },
      {
        sid: 'ApplicationAutoscalingReadOperations',
        actions: actionsOf(
          'application-autoscaling',
          'DescribeScalableTargets',
          'DescribeScalingPolicies',
          'DescribeScalingActivities',
        ),
        resources: SCALABLE_TARGETS,
      },
      {
        sid: 'CloudWatchAlarmCreateOperations',
        actions: actionsOf('cloudwatch', 'PutMetricAlarm', 'TagResource'),
        resources: ALARMS,
        condition: REQUESTED,
      },
      {
        sid: 'CloudWatchAlarmOperations',
        actions: actionsOf('cloudwatch', 'DeleteAlarms', 'DescribeAlarms'),
        resources: ALARMS,
        condition: MANAGED,
      },
      {
        sid: 'ELBReadOperations',
        actions: actionsOf(
          'elasticloadbalancing',
          'DescribeLoadBalancers',
          'DescribeTargetGroups',
          'DescribeTargetHealth',
          'DescribeListeners',
          'DescribeRules',
        ),
      },
      {
        sid: 'VPCReadOperations',
        actions: actionsOf('ec2', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeRouteTables', 'DescribeVpcs'),
      },
      {
        sid: 'CloudWatchLogsCreateOperations',
        actions: actionsOf('logs', 'CreateLogGroup', 'TagResource'),
        resources: ['arn:aws:logs:*:*:log-group:*'],
        condition: REQUESTED,
      },
      { sid: 'CloudWatchLogsReadOperations', actions: ['logs:DescribeLogGroups'] },
    ],
  }),
]
