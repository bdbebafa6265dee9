/** Internet gateways: made, attached to VPCs, detached, described and deleted. */
import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  InternetGateway,
} from '@aws-sdk/client-ec2'
import { INTERNET_GATEWAYS } from '../../../model/ec2-limits.ts'
import type { InternetGatewayRecord } from '../../../model/ec2-records.ts'
import { demandOn, demandsToMake, onAnything } from '../access.ts'
import type { Ec2Context } from '../context.ts'
import { dependencyViolation, ec2Fault, invalidValue, limitExceeded } from '../faults.ts'
import type { FilterFields } from '../filters.ts'
import { INTERNET_GATEWAY, requireRow, rowsOf, VPC } from '../kinds.ts'
import { ec2Operation, newIds } from '../operation.ts'
import { describePage } from '../page.ts'
import { describeTags, specifiedTags } from '../tags.ts'
import { loadBalancersOf } from '../vpcs.ts'

const describeInternetGateway = (row: InternetGatewayRecord): InternetGateway => ({
  InternetGatewayId: row.internetGatewayId,
  OwnerId: row.account,
  // AWS: an attachment of an internet gateway is `available`, whatever the type says.
  Attachments: row.vpcId === undefined ? [] : [{ VpcId: row.vpcId, State: ATTACHED }],
  Tags: describeTags(row.tags),
})

const ATTACHED = 'available' as 'attached'

export const createInternetGateway = ec2Operation<CreateInternetGatewayRequest, CreateInternetGatewayResult>({
  access: (input, context) =>
    demandsToMake(context, INTERNET_GATEWAY, 'CreateInternetGateway', input.TagSpecifications),
  handle: (input, context) => {
    const { tx, account, region, now } = context
    const tags = specifiedTags(input.TagSpecifications, INTERNET_GATEWAY.type)
    if (rowsOf(context, INTERNET_GATEWAY).length >= INTERNET_GATEWAYS)
      throw limitExceeded('InternetGatewayLimitExceeded', 'internet gateways', INTERNET_GATEWAYS)
    const internetGatewayId = newIds(context)('igw')
    const row = tx.internetGateways.insert({ account, region, createdAt: now, tags, internetGatewayId })
    return { InternetGateway: describeInternetGateway(row) }
  },
})

const onBoth = ({ InternetGatewayId = '', VpcId = '' }: AttachInternetGatewayRequest, context: Ec2Context) => [
  demandOn(context, INTERNET_GATEWAY, InternetGatewayId),
  demandOn(context, VPC, VpcId),
]

export const attachInternetGateway = ec2Operation<AttachInternetGatewayRequest>({
  access: onBoth,
  handle: ({ InternetGatewayId = '', VpcId = '' }, context) => {
    const { tx } = context
    const gateway = requireRow(context, INTERNET_GATEWAY, InternetGatewayId)
    requireRow(context, VPC, VpcId)
    if (gateway.vpcId !== undefined)
      throw ec2Fault(
        'Resource.AlreadyAssociated',
        `resource ${InternetGatewayId} is already attached to network ${gateway.vpcId}`,
      )
    if (tx.internetGateways.findSize('byVpc', VpcId) > 0)
      throw invalidValue(`Network ${VpcId} already has an internet gateway attached`)
    tx.internetGateways.update(InternetGatewayId, { vpcId: VpcId })
    return {}
  },
})

export const detachInternetGateway = ec2Operation<DetachInternetGatewayRequest>({
  access: onBoth,
  handle: ({ InternetGatewayId = '', VpcId = '' }, context) => {
    const gateway = requireRow(context, INTERNET_GATEWAY, InternetGatewayId)
    requireRow(context, VPC, VpcId)
    if (gateway.vpcId !== VpcId)
      throw ec2Fault('Gateway.NotAttached', `resource ${InternetGatewayId} is not attached to network ${VpcId}`)
    if (loadBalancersOf(context).some(({ vpcId, scheme }) => vpcId === VpcId && scheme === 'internet-facing'))
      throw dependencyViolation(
        `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      )
    context.tx.internetGateways.update(InternetGatewayId, { vpcId: undefined })
    return {}
  },
})

const fields: FilterFields<InternetGatewayRecord> = {
  'attachment.state': ({ vpcId }) => (vpcId === undefined ? [] : ATTACHED),
  'attachment.vpc-id': ({ vpcId }) => vpcId,
  'internet-gateway-id': ({ internetGatewayId }) => internetGatewayId,
}

export const describeInternetGateways = ec2Operation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult>({
  access: onAnything,
  handle: (input, context) => {
    const { rows, token } = describePage(input, context, {
      operation: 'DescribeInternetGateways',
      kind: INTERNET_GATEWAY,
      ids: input.InternetGatewayIds,
      fields,
    })
    return { InternetGateways: rows.map(describeInternetGateway), ...token }
  },
})

export const deleteInternetGateway = ec2Operation<DeleteInternetGatewayRequest>({
  access: ({ InternetGatewayId = '' }, context) => [demandOn(context, INTERNET_GATEWAY, InternetGatewayId)],
  handle: ({ InternetGatewayId = '' }, context) => {
    const { vpcId } = requireRow(context, INTERNET_GATEWAY, InternetGatewayId)
    if (vpcId !== undefined)
      throw dependencyViolation(`The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`)
    context.tx.internetGateways.remove(InternetGatewayId)
    return {}
  },
})
