/** SubmitTaskStateChange: an agent's report of a task and of whatever happened to its containers since the last one. */
import type {
  ContainerStateChange,
  ManagedAgentStateChange,
  SubmitTaskStateChangeRequest,
  SubmitTaskStateChangeResponse,
} from '@aws-sdk/client-ecs'
import type { ContainerReport, ManagedAgentReport } from '../../../model/task-state.ts'
import { onCluster } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { ACKNOWLEDGMENT, acceptReport } from '../task-reports.ts'

export const submitTaskStateChange: EcsOperation<SubmitTaskStateChangeRequest, SubmitTaskStateChangeResponse> = {
  access: onCluster,
  handle: (input, context) => {
    acceptReport(context, 'SubmitTaskStateChange', input, {
      status: input.status,
      reason: input.reason,
      containers: (input.containers ?? []).map(containerReport),
      managedAgents: (input.managedAgents ?? []).map(managedAgentReport),
      attachments: (input.attachments ?? []).map(({ attachmentArn = '', status = '' }) => ({ attachmentArn, status })),
      pullStartedAt: input.pullStartedAt?.getTime(),
      pullStoppedAt: input.pullStoppedAt?.getTime(),
      executionStoppedAt: input.executionStoppedAt?.getTime(),
    })
    return ACKNOWLEDGMENT
  },
}

const containerReport = ({ containerName = '', ...change }: ContainerStateChange): ContainerReport => ({
  containerName,
  ...change,
})

const managedAgentReport = ({
  containerName = '',
  managedAgentName = 'ExecuteCommandAgent',
  status = '',
  reason,
}: ManagedAgentStateChange): ManagedAgentReport => ({ containerName, managedAgentName, status, reason })
