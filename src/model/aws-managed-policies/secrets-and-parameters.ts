/** AWS's managed policies for AWS Secrets Manager and AWS Systems Manager. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ */
import { actionsOf, awsManaged } from './define.ts'

const CHANNELS = actionsOf(
  'ssmmessages',
  'CreateControlChannel',
  'CreateDataChannel',
  'OpenControlChannel',
  'OpenDataChannel',
)

const SSM_LINKED_ROLE = 'arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM*'

export const secretsAndParametersPolicies = [
  awsManaged({
    name: 'SecretsManagerReadWrite',
    id: 'ANPAI3VG7CI5BIQZQ6G2E',
    description:
      'Provides read/write access to AWS Secrets Manager via the AWS Management Console. Note: this exludes IAM actions, so combine with IAMFullAccess if rotation configuration is required.',
    version: 6,
    createdAt: '2018-04-04T18:05:29Z',
    updatedAt: '2026-08-25T23:37:10Z',
    statements: [
      {
        sid: 'BasePermissions',
        actions: [
          'secretsmanager:*',
          ...actionsOf(
            'cloudformation',
            'CreateChangeSet',
            'DescribeChangeSet',
            'DescribeStackResource',
            'DescribeStacks',
            'ExecuteChangeSet',
          ),
          ...actionsOf('docdb-elastic', 'GetCluster', 'ListClusters'),
          ...actionsOf('ec2', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs'),
          ...actionsOf('kms', 'DescribeKey', 'ListAliases', 'ListKeys'),
          'lambda:ListFunctions',
          ...actionsOf('rds', 'DescribeDBClusters', 'DescribeDBInstances'),
          'redshift:DescribeClusters',
          ...actionsOf('redshift-serverless', 'ListWorkgroups', 'GetNamespace'),
          'tag:GetResources',
        ],
      },
      {
        sid: 'LambdaPermissions',
        actions: actionsOf(
          'lambda',
          'AddPermission',
          'CreateFunction',
          'GetFunction',
          'InvokeFunction',
          'UpdateFunctionConfiguration',
        ),
        resources: ['arn:aws:lambda:*:*:function:SecretsManager*'],
      },
      {
        sid: 'SARPermissions',
        actions: actionsOf('serverlessrepo', 'CreateCloudFormationChangeSet', 'GetApplication'),
        resources: ['arn:aws:serverlessrepo:*:*:applications/SecretsManager*'],
      },
      {
        sid: 'S3Permissions',
        actions: ['s3:GetObject'],
        resources: ['arn:aws:s3:::awsserverlessrepo-changesets*', 'arn:aws:s3:::secrets-manager-rotation-apps-*/*'],
      },
      {
        sid: 'CloudFormationTagOnCreate',
        actions: actionsOf('cloudformation', 'TagResource', 'UntagResource'),
        condition: { StringEquals: { 'cloudformation:CreateAction': ['CreateChangeSet', 'ExecuteChangeSet'] } },
      },
    ],
  }),
  awsManaged({
    name: 'AmazonSSMManagedInstanceCore',
    id: 'ANPAIXSHM2BNB2D3AXXRU',
    description: 'The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.',
    version: 2,
    createdAt: '2019-03-15T17:22:12Z',
    updatedAt: '2019-05-23T16:54:21Z',
    statements: [
      {
        actions: actionsOf(
          'ssm',
          'DescribeAssociation',
          'GetDeployablePatchSnapshotForInstance',
          'GetDocument',
          'DescribeDocument',
          'GetManifest',
          'GetParameter',
          'GetParameters',
          'ListAssociations',
          'ListInstanceAssociations',
          'PutInventory',
          'PutComplianceItems',
          'PutConfigurePackageResult',
          'UpdateAssociationStatus',
          'UpdateInstanceAssociationStatus',
          'UpdateInstanceInformation',
        ),
      },
      { actions: CHANNELS },
      {
        actions: actionsOf(
          'ec2messages',
          'AcknowledgeMessage',
          'DeleteMessage',
          'FailMessage',
          'GetEndpoint',
          'GetMessages',
          'SendReply',
        ),
      },
    ],
  }),
  awsManaged({
    name: 'AmazonSSMReadOnlyAccess',
    id: 'ANPAJODSKQGGJTHRYZ5FC',
    description: 'Provides read only access to Amazon SSM.',
    version: 1,
    createdAt: '2015-05-29T17:44:19Z',
    statements: [{ actions: actionsOf('ssm', 'Describe*', 'Get*', 'List*') }],
  }),
  awsManaged({
    name: 'AmazonSSMFullAccess',
    id: 'ANPAJA7V6HI4ISQFMDYAG',
    description: 'Provides full access to Amazon SSM.',
    version: 4,
    createdAt: '2015-05-29T17:39:47Z',
    updatedAt: '2019-11-20T20:08:56Z',
    statements: [
      {
        actions: [
          'cloudwatch:PutMetricData',
          ...actionsOf('ds', 'CreateComputer', 'DescribeDirectories'),
          'ec2:DescribeInstanceStatus',
          'logs:*',
          'ssm:*',
          'ec2messages:*',
        ],
      },
      {
        actions: ['iam:CreateServiceLinkedRole'],
        resources: [SSM_LINKED_ROLE],
        condition: { StringLike: { 'iam:AWSServiceName': 'ssm.amazonaws.com' } },
      },
      {
        actions: actionsOf('iam', 'DeleteServiceLinkedRole', 'GetServiceLinkedRoleDeletionStatus'),
        resources: [SSM_LINKED_ROLE],
      },
      { actions: CHANNELS },
    ],
  }),
]
