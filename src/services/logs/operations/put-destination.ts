/**
 * PutDestination: a name for where subscriptions deliver to, or another place for that name. AWS: the target is a stream of Kinesis; here
 * it is a URL.
 */
import type { PutDestinationRequest, PutDestinationResponse } from '@aws-sdk/client-cloudwatch-logs'
import { parseArn } from '../../../model/arn.ts'
import { targetProblem } from '../../../model/delivery-target.ts'
import { checkedTags, requestTagContext } from '../../checked-tags.ts'
import type { Demand } from '../../operations.ts'
import { onTagged } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { checkDestinationName, describeDestination, destinationArnOf, onDestination } from '../destinations.ts'
import { invalidParameter, tagFaults } from '../faults.ts'
import { tagsOf } from '../tags.ts'

const access = (input: PutDestinationRequest, context: LogsContext): readonly Demand[] => {
  const tags = tagsOf(input.tags)
  const onIt = onDestination(input, context).map((demand) => ({
    ...demand,
    context: { ...demand.context, ...requestTagContext(tags) },
  }))
  const passed = { 'iam:passedtoservice': ['logs.amazonaws.com'] }
  const passing = { action: 'iam:PassRole', resource: input.roleArn ?? '', context: passed }
  if (tags.length === 0) return [...onIt, passing]
  return [
    ...onIt,
    passing,
    { ...onTagged(context, destinationArnOf(context, input), tags), action: 'logs:TagResource' },
  ]
}

const check = (input: PutDestinationRequest, { account }: LogsContext): void => {
  checkDestinationName(input)
  const problem = targetProblem(input.targetArn ?? '')
  if (problem !== undefined)
    throw invalidParameter(
      `The targetArn of a destination is the URL that events are sent to; of this one, ${problem}.`,
    )
  const role = parseArn(input.roleArn ?? '')
  if (role?.service !== 'iam' || role.account !== account || !role.resource.startsWith('role/'))
    throw invalidParameter('The roleArn of a destination is the ARN of a role of this account.')
}

export const putDestination: LogsOperation<PutDestinationRequest, PutDestinationResponse> = {
  access,
  handle: (input, context) => {
    check(input, context)
    const { tx, account, region, now } = context
    const { destinationName: name = '', targetArn: target = '', roleArn = '', tags } = input
    const arn = destinationArnOf(context, input)
    const known = tx.logDestinations.get(arn)
    const kept = known ?? { arn, account, region, name, createdAt: now, tags: [] }
    const added = tags === undefined ? {} : { tags: checkedTags(tagsOf(tags), tagFaults) }
    return { destination: describeDestination(tx.logDestinations.put({ ...kept, target, roleArn, ...added })) }
  },
}
