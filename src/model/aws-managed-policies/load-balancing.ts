/** AWS's managed policies for Elastic Load Balancing. https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/managed-policies.html */
import { actionsOf, awsManaged } from './define.ts'

const LOAD_BALANCERS = 'arn:aws:elasticloadbalancing:*:*:loadbalancer/*'
const LIST_ZONAL_SHIFTS = actionsOf('arc-zonal-shift', 'ListManagedResources', 'ListZonalShifts')

export const loadBalancingPolicies = [
  awsManaged({
    name: 'ElasticLoadBalancingFullAccess',
    id: 'ANPAIDPMLA3IUIOQCISJ4',
    description:
      'Provides full access to Amazon ElasticLoadBalancing, and limited access to other services necessary to provide ElasticLoadBalancing features.',
    version: 7,
    createdAt: '2018-09-20T20:42:07Z',
    updatedAt: '2022-11-29T01:45:49Z',
    statements: [
      { actions: ['elasticloadbalancing:*'] },
      {
        actions: [
          ...actionsOf(
            'ec2',
            'DescribeAccountAttributes',
            'DescribeAddresses',
            'DescribeInternetGateways',
            'DescribeSecurityGroups',
            'DescribeSubnets',
            'DescribeVpcs',
            'DescribeVpcClassicLink',
            'DescribeInstances',
            'DescribeNetworkInterfaces',
            'DescribeClassicLinkInstances',
            'DescribeRouteTables',
            'DescribeCoipPools',
            'GetCoipPoolUsage',
            'DescribeVpcPeeringConnections',
          ),
          'cognito-idp:DescribeUserPoolClient',
        ],
      },
      {
        actions: ['iam:CreateServiceLinkedRole'],
        condition: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
      },
      { actions: ['arc-zonal-shift:*'], resources: [LOAD_BALANCERS] },
      { actions: LIST_ZONAL_SHIFTS },
    ],
  }),
  awsManaged({
    name: 'ElasticLoadBalancingReadOnly',
    id: 'ANPAJMO7B7SNFLQ6HH736',
    description: 'Provides read only access to Amazon ElasticLoadBalancing and dependent services',
    version: 3,
    createdAt: '2018-09-20T20:17:09Z',
    updatedAt: '2023-11-26T18:15:46Z',
    statements: [
      { sid: 'Statement1', actions: actionsOf('elasticloadbalancing', 'Describe*', 'Get*') },
      {
        sid: 'Statement2',
        actions: actionsOf('ec2', 'DescribeInstances', 'DescribeClassicLinkInstances', 'DescribeSecurityGroups'),
      },
      { sid: 'Statement3', actions: ['arc-zonal-shift:GetManagedResource'], resources: [LOAD_BALANCERS] },
      { sid: 'Statement4', actions: LIST_ZONAL_SHIFTS },
    ],
  }),
]
