/**
 * PAUSE hooks: a deployment that reaches their stage waits for ContinueServiceDeployment, or for their time to run out. The operation
 * writes the answer into the hook's record; what follows from it is decided here.
 * Source: "Pause hooks for Amazon ECS service deployments" in the developer guide.
 */
import { hash } from 'node:crypto'
import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import type { LifecycleHookRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import type { Failure } from './roll-back.ts'
import type { Rule, Transition } from './transition.ts'
import type { RolloutState } from './types.ts'

const MS_PER_MINUTE = 60_000
const DEFAULT_TIMEOUT_MINUTES = 1440

/**
 * True once nothing at the stage keeps the deployment any more; false while something does; a transition where hooks are reached only
 * now. `round` tells apart visits of a stage that is passed several times.
 */
export const passHooks = ({ serviceDeployment, now }: RolloutState, stage: string, round = 0): Transition | boolean => {
  if (serviceDeployment === undefined) return true
  const { lifecycleHooks: known = [] } = serviceDeployment
  const here = hooksAt(serviceDeployment, stage, round)
  const reached = here.filter(({ hookId }) => !known.some((record) => record.hookId === hookId))
  if (reached.length > 0) {
    const records = reached.map(({ hook, hookId }) => awaiting(hook, hookId, stage, now))
    return { serviceDeployment: { ...serviceDeployment, lifecycleHooks: [...known, ...records], updatedAt: now } }
  }
  return here.every(({ hookId }) => known.some((record) => record.hookId === hookId && isPassed(record)))
}

interface PlacedHook {
  readonly hook: DeploymentLifecycleHook
  readonly hookId: string
}

const hooksAt = (
  { serviceDeploymentArn, deploymentConfiguration }: ServiceDeploymentRecord,
  stage: string,
  round: number,
): readonly PlacedHook[] =>
  (deploymentConfiguration.lifecycleHooks ?? []).flatMap((hook, index) =>
    hook.targetType === 'PAUSE' && hook.lifecycleStages?.some((wanted) => wanted === stage) === true
      ? [{ hook, hookId: hookIdOf(serviceDeploymentArn, index, stage, round) }]
      : [],
  )

/** Made of the hook's place, so that looking twice at the same state makes the same hook. */
const hookIdOf = (serviceDeploymentArn: string, index: number, stage: string, round: number): string =>
  `ecs-pause-${hash('sha256', [serviceDeploymentArn, index, stage, round].join('\n'), 'base64url')}`

const awaiting = (hook: DeploymentLifecycleHook, hookId: string, stage: string, now: number): LifecycleHookRecord => ({
  hookId,
  stage,
  targetType: 'PAUSE',
  status: 'AWAITING_ACTION',
  expiresAt: now + (hook.timeoutConfiguration?.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES) * MS_PER_MINUTE,
  timeoutAction: hook.timeoutConfiguration?.action ?? 'ROLLBACK',
})

const isPassed = ({ status, timeoutAction }: LifecycleHookRecord): boolean =>
  status === 'SUCCEEDED' || (status === 'TIMED_OUT' && timeoutAction === 'CONTINUE')

const isFailed = (hook: LifecycleHookRecord): boolean =>
  hook.status === 'FAILED' || (hook.status === 'TIMED_OUT' && !isPassed(hook))

export const awaitedHooks = (
  serviceDeployment: ServiceDeploymentRecord | undefined,
): readonly (LifecycleHookRecord & { readonly expiresAt: number })[] =>
  (serviceDeployment?.lifecycleHooks ?? []).flatMap((hook) =>
    hook.status === 'AWAITING_ACTION' && hook.expiresAt !== undefined ? [{ ...hook, expiresAt: hook.expiresAt }] : [],
  )

export const timeOutHooks: Rule = ({ serviceDeployment, now }) => {
  if (serviceDeployment?.status !== 'IN_PROGRESS') return undefined
  if (!awaitedHooks(serviceDeployment).some(({ expiresAt }) => expiresAt <= now)) return undefined
  const lifecycleHooks = (serviceDeployment.lifecycleHooks ?? []).map((hook) =>
    hook.status === 'AWAITING_ACTION' && (hook.expiresAt ?? Infinity) <= now
      ? { ...hook, status: 'TIMED_OUT' as const }
      : hook,
  )
  return { serviceDeployment: { ...serviceDeployment, lifecycleHooks, updatedAt: now } }
}

export const hookFailure = ({ serviceDeployment }: RolloutState): Failure | undefined => {
  const failed = serviceDeployment?.lifecycleHooks?.find(isFailed)
  return failed === undefined
    ? undefined
    : {
        observer: 'ECS deployment lifecycle hooks',
        because: `${failed.stage} lifecycle hook(s) failed.`,
        outcome: 'rolled back',
      }
}
