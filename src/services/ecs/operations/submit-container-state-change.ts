/** SubmitContainerStateChange: what old agents send of one container; newer ones put it into SubmitTaskStateChange. */
import type { SubmitContainerStateChangeRequest, SubmitContainerStateChangeResponse } from '@aws-sdk/client-ecs'
import { onCluster } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { ACKNOWLEDGMENT, acceptReport } from '../task-reports.ts'

export const submitContainerStateChange: EcsOperation<
  SubmitContainerStateChangeRequest,
  SubmitContainerStateChangeResponse
> = {
  access: onCluster,
  handle: ({ cluster, task, containerName, runtimeId, status, exitCode, reason, networkBindings }, context) => {
    if (!containerName) throw invalidParameter('Container name cannot be blank.')
    const container = { containerName, runtimeId, status, exitCode, reason, networkBindings }
    acceptReport(context, 'SubmitContainerStateChange', { cluster, task }, { containers: [container] })
    return ACKNOWLEDGMENT
  },
}
