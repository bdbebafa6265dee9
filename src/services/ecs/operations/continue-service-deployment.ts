/** ContinueServiceDeployment: decides a hook at which a deployment waits. The service scheduler goes on, or back, from there. */
import type {
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse,
  DeploymentLifecycleHookAction,
} from '@aws-sdk/client-ecs'
import { isOver } from '../../../model/new-deployment.ts'
import type { LifecycleHookRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { onServiceDeployment } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { missing } from '../missing-member.ts'
import { requireServiceDeployment } from '../service-deployment-lookups.ts'

export const continueServiceDeployment: EcsOperation<
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse
> = {
  access: onServiceDeployment,
  handle: ({ serviceDeploymentArn: arn, hookId, action = 'CONTINUE' }, context) => {
    if (!arn) throw missing('serviceDeploymentArn')
    if (!hookId) throw missing('hookId')
    const status = OUTCOMES[oneOf('action', action, ecsEnums.DeploymentLifecycleHookAction)]
    const deployment = requireServiceDeployment(context, arn)
    const waiting = requireWaitingHook(deployment, hookId)
    context.tx.serviceDeployments.update(arn, {
      lifecycleHooks: deployment.lifecycleHooks?.map((hook) => (hook === waiting ? { ...hook, status } : hook)),
      updatedAt: context.now,
    })
    return { serviceDeploymentArn: arn }
  },
}

const OUTCOMES: Readonly<Record<DeploymentLifecycleHookAction, 'SUCCEEDED' | 'FAILED'>> = {
  CONTINUE: 'SUCCEEDED',
  ROLLBACK: 'FAILED',
}

const requireWaitingHook = (deployment: ServiceDeploymentRecord, hookId: string): LifecycleHookRecord => {
  const hook = deployment.lifecycleHooks?.find((candidate) => candidate.hookId === hookId)
  if (hook === undefined) throw invalidParameter(`The service deployment has no lifecycle hook with the ID ${hookId}.`)
  if (isOver(deployment))
    throw invalidParameter(`The service deployment cannot be continued because its status is ${deployment.status}.`)
  if (hook.status !== 'AWAITING_ACTION')
    throw invalidParameter(`The lifecycle hook ${hookId} is not awaiting an action: its status is ${hook.status}.`)
  return hook
}
