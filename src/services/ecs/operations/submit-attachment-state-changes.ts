/**
 * SubmitAttachmentStateChanges: an agent's report of network interfaces and volumes of its instance. None is ever announced to an
 * agent, so that what one reports is of no task here: it is checked and acknowledged.
 */
import type { SubmitAttachmentStateChangesRequest, SubmitAttachmentStateChangesResponse } from '@aws-sdk/client-ecs'
import { parseArn } from '../../../model/arn.ts'
import { onCluster } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { clusterArnOf } from '../lookups.ts'
import { ACKNOWLEDGMENT } from '../task-reports.ts'

export const submitAttachmentStateChanges: EcsOperation<
  SubmitAttachmentStateChangesRequest,
  SubmitAttachmentStateChangesResponse
> = {
  access: onCluster,
  handle: ({ cluster, attachments = [] }, context) => {
    clusterArnOf(context, cluster)
    for (const { attachmentArn = '', status } of attachments) {
      if (parseArn(attachmentArn)?.service !== 'ecs') throw invalidParameter(`Invalid attachment ARN: ${attachmentArn}`)
      if (!status) throw invalidParameter('The status of an attachment cannot be blank.')
    }
    return ACKNOWLEDGMENT
  },
}
