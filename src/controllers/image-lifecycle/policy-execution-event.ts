/**
 * What a lifecycle policy has done, as CloudTrail has it.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html#cloudtrail-examples-lcp
 */
import type { Ids } from '../../kit/ids.ts'
import { isoText } from '../../kit/timestamps.ts'
import type { AuditEvent } from '../../model/audit-event.ts'
import type { RepositoryRecord } from '../../model/image-records.ts'
import type { LifecycleRule } from '../../model/lifecycle-policy/lifecycle-policy.ts'
import { parseLifecyclePolicy } from '../../model/lifecycle-policy/parse-lifecycle-policy.ts'
import type { LifecycleStep } from '../../store/images/lifecycle.ts'

/** AWS: more images make more events, and more tags are left out. */
const IMAGES_PER_EVENT = 10
const TAGS_PER_IMAGE = 100
const ITSELF = 'AWS Internal'

export const policyExecutionEvents = (
  repository: RepositoryRecord,
  steps: readonly LifecycleStep[],
  now: number,
  ids: Ids,
): readonly AuditEvent[] => {
  const policyId = ids.uuid()
  const events: AuditEvent[] = []
  for (let from = 0; from < steps.length; from += IMAGES_PER_EVENT)
    events.push(eventOf(repository, steps.slice(from, from + IMAGES_PER_EVENT), { now, policyId, eventId: ids.uuid() }))
  return events
}

const eventOf = (
  { arn, account, region, name, lifecyclePolicyText = '', lifecycleEvaluatedAt = 0 }: RepositoryRecord,
  steps: readonly LifecycleStep[],
  { now, policyId, eventId }: { readonly now: number; readonly policyId: string; readonly eventId: string },
): AuditEvent => ({
  eventVersion: '1.11',
  userIdentity: { type: 'AWSService', accountId: account, invokedBy: ITSELF },
  eventTime: isoText(now - (now % 1000)),
  eventSource: 'ecr.amazonaws.com',
  eventName: 'PolicyExecutionEvent',
  awsRegion: region,
  sourceIPAddress: ITSELF,
  userAgent: ITSELF,
  requestParameters: null,
  responseElements: null,
  requestID: eventId,
  eventID: eventId,
  // AWS: so it is, although images are gone.
  readOnly: true,
  resources: [{ ARN: arn, accountId: account, type: 'AWS::ECR::Repository' }],
  eventType: 'AwsServiceEvent',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  serviceEventDetails: {
    repositoryName: name,
    lifecycleEventPolicy: {
      lifecycleEventRules: parseLifecyclePolicy(lifecyclePolicyText).map(describeRule),
      lastEvaluatedAt: lifecycleEvaluatedAt,
      policyVersion: 1,
      policyId,
    },
    lifecycleEventImageActions: steps.map(describeStep),
  },
})

const COUNT_TYPES: Readonly<Record<LifecycleRule['countType'], string>> = {
  imageCountMoreThan: 'Image count more than',
  sinceImagePushed: 'Since image pushed',
  sinceImagePulled: 'Since image pulled',
  sinceImageTransitioned: 'Since image transitioned',
}

const describeRule = (rule: LifecycleRule) => ({
  rulePriority: rule.priority,
  ...(rule.description !== undefined && { description: rule.description }),
  lifecycleEventSelection: {
    tagStatus: rule.tagStatus.charAt(0).toUpperCase() + rule.tagStatus.slice(1),
    tagPrefixList: rule.tagPrefixes,
    ...(rule.tagPatterns.length > 0 && { tagPatternList: rule.tagPatterns }),
    storageClass: rule.storageClass.toLowerCase(),
    countType: COUNT_TYPES[rule.countType],
    countNumber: rule.countNumber,
  },
  action: rule.action.toLowerCase(),
})

const describeStep = ({ image: { digest, pushedAt }, tags, rule, action }: LifecycleStep) => ({
  lifecycleEventImage: {
    digest,
    tagStatus: tags.length > 0 ? 'Tagged' : 'Untagged',
    tagList: tags.slice(0, TAGS_PER_IMAGE),
    pushedAt,
  },
  ...(rule && { rulePriority: rule.priority }),
  action: action.toLowerCase(),
})
