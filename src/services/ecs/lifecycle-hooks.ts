/** Lifecycle hooks of a service's deployments: pauses. There are no functions here that a hook could call. */
import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { HOOK_TIMEOUT_MINUTES } from '../../model/limits.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter, unsupportedFeature } from './faults.ts'

const DEFAULT_TIMEOUT_MINUTES = 1440

/** AWS: the shift of traffic itself does not pause. */
const PAUSELESS: ReadonlySet<string> = new Set(['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'])

/** The hooks with their timeouts filled in. */
export const checkedLifecycleHooks = (hooks: readonly DeploymentLifecycleHook[]): DeploymentLifecycleHook[] =>
  hooks.map(checkedHook)

const checkedHook = (hook: DeploymentLifecycleHook): DeploymentLifecycleHook => {
  const targetType = oneOf('targetType', hook.targetType ?? 'AWS_LAMBDA', ecsEnums.DeploymentLifecycleHookTargetType)
  if (targetType === 'AWS_LAMBDA')
    throw unsupportedFeature('Lifecycle hooks with the target type AWS_LAMBDA are not supported. Use PAUSE.')
  if (hook.hookTargetArn || hook.roleArn || hook.hookDetails !== undefined)
    throw invalidParameter('hookTargetArn, roleArn and hookDetails are not valid for PAUSE lifecycle hooks.')
  return { targetType, lifecycleStages: checkedStages(hook), timeoutConfiguration: checkedTimeout(hook) }
}

const checkedStages = ({ lifecycleStages = [] }: DeploymentLifecycleHook) => {
  if (lifecycleStages.length === 0) throw invalidParameter('lifecycleStages of a lifecycle hook cannot be empty.')
  for (const stage of lifecycleStages) {
    oneOf('lifecycleStages', stage, ecsEnums.DeploymentLifecycleHookStage)
    if (PAUSELESS.has(stage)) throw invalidParameter(`PAUSE lifecycle hooks are not valid for the ${stage} stage.`)
  }
  return [...new Set(lifecycleStages)]
}

const checkedTimeout = ({ timeoutConfiguration = {} }: DeploymentLifecycleHook) => {
  const { timeoutInMinutes = DEFAULT_TIMEOUT_MINUTES, action = 'ROLLBACK' } = timeoutConfiguration
  if (timeoutInMinutes < 1 || timeoutInMinutes > HOOK_TIMEOUT_MINUTES)
    throw invalidParameter(`timeoutInMinutes must be between 1 and ${HOOK_TIMEOUT_MINUTES}.`)
  return { timeoutInMinutes, action: oneOf('action', action, ecsEnums.DeploymentLifecycleHookAction) }
}
