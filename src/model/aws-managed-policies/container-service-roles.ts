/**
 * AWS's managed policies for the roles around Amazon ECS: of tasks, container instances, the service itself, rules and scaling.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html
 */
import { actionsOf, awsManaged } from './define.ts'

const PULLING = actionsOf(
  'ecr',
  'GetAuthorizationToken',
  'BatchCheckLayerAvailability',
  'GetDownloadUrlForLayer',
  'BatchGetImage',
)

const LOGGING = actionsOf('logs', 'CreateLogStream', 'PutLogEvents')

export const containerServiceRolePolicies = [
  awsManaged({
    name: 'AmazonECSTaskExecutionRolePolicy',
    path: '/service-role/',
    id: 'ANPAJG4T4G4PV56DE72PY',
    description: 'Provides access to other AWS service resources that are required to run Amazon ECS tasks',
    version: 1,
    createdAt: '2017-11-16T18:48:22Z',
    statements: [{ actions: [...PULLING, ...LOGGING] }],
  }),
  awsManaged({
    name: 'AmazonEC2ContainerServiceforEC2Role',
    path: '/service-role/',
    id: 'ANPAJLYJCVHC7TQHCSQDS',
    description: 'Default policy for the Amazon EC2 Role for Amazon EC2 Container Service.',
    version: 7,
    createdAt: '2015-03-19T18:45:18Z',
    updatedAt: '2023-03-06T22:19:04Z',
    statements: [
      {
        actions: [
          'ec2:DescribeTags',
          ...actionsOf(
            'ecs',
            'CreateCluster',
            'DeregisterContainerInstance',
            'DiscoverPollEndpoint',
            'Poll',
            'RegisterContainerInstance',
            'StartTelemetrySession',
            'UpdateContainerInstancesState',
            'Submit*',
          ),
          ...PULLING,
          ...LOGGING,
        ],
      },
      {
        actions: ['ecs:TagResource'],
        condition: { StringEquals: { 'ecs:CreateAction': ['CreateCluster', 'RegisterContainerInstance'] } },
      },
    ],
  }),
  awsManaged({
    name: 'AmazonEC2ContainerServiceRole',
    path: '/service-role/',
    id: 'ANPAJO53W2XHNACG7V77Q',
    description: 'Default policy for Amazon ECS service role.',
    version: 2,
    createdAt: '2015-04-09T16:14:19Z',
    updatedAt: '2016-08-11T13:08:01Z',
    statements: [
      {
        actions: [
          ...actionsOf('ec2', 'AuthorizeSecurityGroupIngress', 'Describe*'),
          ...actionsOf(
            'elasticloadbalancing',
            'DeregisterInstancesFromLoadBalancer',
            'DeregisterTargets',
            'Describe*',
            'RegisterInstancesWithLoadBalancer',
            'RegisterTargets',
          ),
        ],
      },
    ],
  }),
  awsManaged({
    name: 'AmazonEC2ContainerServiceEventsRole',
    path: '/service-role/',
    id: 'ANPAITKFNIUAG27VSYNZ4',
    description: 'Policy to enable CloudWatch Events for EC2 Container Service',
    version: 3,
    createdAt: '2017-05-30T16:51:35Z',
    updatedAt: '2023-03-06T22:25:12Z',
    statements: [
      { actions: ['ecs:RunTask'] },
      {
        actions: ['iam:PassRole'],
        condition: { StringLike: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      { actions: ['ecs:TagResource'], condition: { StringEquals: { 'ecs:CreateAction': ['RunTask'] } } },
    ],
  }),
  awsManaged({
    name: 'AmazonEC2ContainerServiceAutoscaleRole',
    path: '/service-role/',
    id: 'ANPAIUAP3EGGGXXCPDQKK',
    description: 'Policy to enable Task Autoscaling for Amazon EC2 Container Service',
    version: 2,
    createdAt: '2016-05-12T23:25:44Z',
    updatedAt: '2018-02-05T19:15:15Z',
    statements: [
      { actions: actionsOf('ecs', 'DescribeServices', 'UpdateService') },
      { actions: actionsOf('cloudwatch', 'DescribeAlarms', 'PutMetricAlarm') },
    ],
  }),
]
