/** AWS's managed policies for job functions and for IAM itself. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html */
import { actionsOf, awsManaged } from './define.ts'

export const administrationPolicies = [
  awsManaged({
    name: 'AdministratorAccess',
    id: 'ANPAIWMBCKSKIEE64ZLYK',
    description: 'Provides full access to AWS services and resources.',
    version: 1,
    createdAt: '2015-02-06T18:39:46Z',
    statements: [{ actions: ['*'] }],
  }),
  awsManaged({
    name: 'PowerUserAccess',
    id: 'ANPAJYRXTHIB4FOVS3ZXS',
    description:
      'Provides full access to AWS services and resources, but does not allow management of Users and groups.',
    version: 12,
    createdAt: '2015-02-06T18:39:47Z',
    updatedAt: '2026-02-12T17:59:14Z',
    statements: [
      { notActions: ['iam:*', 'organizations:*', 'account:*'] },
      {
        actions: [
          ...actionsOf(
            'account',
            'GetAccountInformation',
            'GetGovCloudAccountInformation',
            'GetPrimaryEmail',
            'ListRegions',
          ),
          ...actionsOf('iam', 'CreateServiceLinkedRole', 'DeleteServiceLinkedRole', 'ListRoles'),
          ...actionsOf('organizations', 'DescribeEffectivePolicy', 'DescribeOrganization'),
        ],
      },
    ],
  }),
  awsManaged({
    name: 'IAMFullAccess',
    id: 'ANPAI7XKCFMBPM3QQRRVQ',
    description: 'Provides full access to IAM via the AWS Management Console.',
    version: 2,
    createdAt: '2015-02-06T18:40:38Z',
    updatedAt: '2019-06-21T19:40:00Z',
    statements: [
      {
        actions: [
          'iam:*',
          ...actionsOf(
            'organizations',
            'DescribeAccount',
            'DescribeOrganization',
            'DescribeOrganizationalUnit',
            'DescribePolicy',
            'ListChildren',
            'ListParents',
            'ListPoliciesForTarget',
            'ListRoots',
            'ListPolicies',
            'ListTargetsForPolicy',
          ),
        ],
      },
    ],
  }),
  awsManaged({
    name: 'IAMReadOnlyAccess',
    id: 'ANPAJKSO7NDY4T57MWDSQ',
    description: 'Provides read only access to IAM via the AWS Management Console.',
    version: 4,
    createdAt: '2015-02-06T18:40:39Z',
    updatedAt: '2018-01-25T19:11:27Z',
    statements: [
      {
        actions: actionsOf(
          'iam',
          'GenerateCredentialReport',
          'GenerateServiceLastAccessedDetails',
          'Get*',
          'List*',
          'SimulateCustomPolicy',
          'SimulatePrincipalPolicy',
        ),
      },
    ],
  }),
]
