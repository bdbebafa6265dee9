/** AWS's managed policies for Amazon ECR. https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-iam-awsmanpol.html */
import { actionsOf, awsManaged } from './define.ts'

const READING = actionsOf(
  'ecr',
  'GetAuthorizationToken',
  'BatchCheckLayerAvailability',
  'GetDownloadUrlForLayer',
  'GetRepositoryPolicy',
  'DescribeRepositories',
  'ListImages',
  'DescribeImages',
  'BatchGetImage',
  'GetLifecyclePolicy',
  'GetLifecyclePolicyPreview',
  'ListTagsForResource',
  'DescribeImageScanFindings',
)

const PUSHING = actionsOf('ecr', 'InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage')

export const containerRegistryPolicies = [
  awsManaged({
    name: 'AmazonEC2ContainerRegistryReadOnly',
    id: 'ANPAIFYZPA37OOHVIH7KQ',
    description: 'Provides read-only access to Amazon EC2 Container Registry repositories.',
    version: 3,
    createdAt: '2015-12-21T17:04:15Z',
    updatedAt: '2019-12-10T20:56:32Z',
    statements: [{ actions: READING }],
  }),
  awsManaged({
    name: 'AmazonEC2ContainerRegistryPowerUser',
    id: 'ANPAJDNE5PIHROIBGGDDW',
    description:
      'Provides full access to Amazon EC2 Container Registry repositories, but does not allow repository deletion or policy changes.',
    version: 3,
    createdAt: '2015-12-21T17:05:33Z',
    updatedAt: '2019-12-10T20:48:08Z',
    statements: [{ actions: [...READING, ...PUSHING] }],
  }),
  awsManaged({
    name: 'AmazonEC2ContainerRegistryFullAccess',
    id: 'ANPAIESRL7KD7IIVF6V4W',
    description: 'Provides administrative access to Amazon ECR resources',
    version: 3,
    createdAt: '2015-12-21T17:06:48Z',
    updatedAt: '2020-12-05T00:04:19Z',
    statements: [
      { actions: ['ecr:*', 'cloudtrail:LookupEvents'] },
      {
        actions: ['iam:CreateServiceLinkedRole'],
        condition: { StringEquals: { 'iam:AWSServiceName': ['replication.ecr.amazonaws.com'] } },
      },
    ],
  }),
  awsManaged({
    name: 'AmazonEC2ContainerRegistryPullOnly',
    id: 'ANPAZKAPJZG4ECRPULLO7',
    description: 'Provides pull-only access to Amazon ECR repositories.',
    version: 1,
    createdAt: '2024-10-04T16:58:49Z',
    statements: [
      {
        actions: actionsOf(
          'ecr',
          'GetAuthorizationToken',
          'BatchGetImage',
          'GetDownloadUrlForLayer',
          'BatchImportUpstreamImage',
        ),
      },
    ],
  }),
]
