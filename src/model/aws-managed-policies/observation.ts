/** AWS's managed policies for Amazon CloudWatch, its logs, and AWS CloudTrail. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ */
import { actionsOf, awsManaged } from './define.ts'

export const observationPolicies = [
  awsManaged({
    name: 'CloudWatchLogsFullAccess',
    id: 'ANPAJ3ZGNWK2R5HW5BQFO',
    description: 'Provides full access to CloudWatch Logs',
    version: 3,
    createdAt: '2015-02-06T18:40:02Z',
    updatedAt: '2025-05-20T17:07:06Z',
    statements: [
      {
        sid: 'CloudWatchLogsFullAccess',
        actions: ['logs:*', 'cloudwatch:GenerateQuery', 'cloudwatch:GenerateQueryResultsSummary'],
      },
    ],
  }),
  awsManaged({
    name: 'CloudWatchLogsReadOnlyAccess',
    id: 'ANPAJ2YIYDYSNNEHK3VKW',
    description: 'Provides read only access to CloudWatch Logs',
    version: 6,
    createdAt: '2015-02-06T18:40:03Z',
    updatedAt: '2023-11-26T18:11:33Z',
    statements: [
      {
        sid: 'CloudWatchLogsReadOnlyAccess',
        actions: [
          ...actionsOf(
            'logs',
            'Describe*',
            'Get*',
            'List*',
            'StartQuery',
            'StopQuery',
            'TestMetricFilter',
            'FilterLogEvents',
            'StartLiveTail',
            'StopLiveTail',
          ),
          'cloudwatch:GenerateQuery',
        ],
      },
    ],
  }),
  awsManaged({
    name: 'CloudWatchFullAccess',
    id: 'ANPAIKEABORKUXN6DEAZU',
    description: 'Provides full access to CloudWatch.',
    version: 4,
    createdAt: '2015-02-06T18:40:00Z',
    updatedAt: '2022-11-27T13:23:49Z',
    statements: [
      {
        actions: [
          'autoscaling:Describe*',
          'cloudwatch:*',
          'logs:*',
          'sns:*',
          ...actionsOf('iam', 'GetPolicy', 'GetPolicyVersion', 'GetRole'),
          'oam:ListSinks',
        ],
      },
      {
        actions: ['iam:CreateServiceLinkedRole'],
        resources: ['arn:aws:iam::*:role/aws-service-role/events.amazonaws.com/AWSServiceRoleForCloudWatchEvents*'],
        condition: { StringLike: { 'iam:AWSServiceName': 'events.amazonaws.com' } },
      },
      { actions: ['oam:ListAttachedLinks'], resources: ['arn:aws:oam:*:*:sink/*'] },
    ],
  }),
  awsManaged({
    name: 'AWSCloudTrail_ReadOnlyAccess',
    id: 'ANPAZKAPJZG4CTREADON7',
    description: 'This policy provides read-only access to AWS CloudTrail',
    version: 1,
    createdAt: '2022-06-14T17:19:05Z',
    statements: [{ actions: actionsOf('cloudtrail', 'Get*', 'Describe*', 'List*', 'LookupEvents') }],
  }),
]
