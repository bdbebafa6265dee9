/** What a service deployment itself waits for or does: hooks, stages, the circuit breaker, a roll-back. */
import type { DeploymentLifecycleHookDetail, ServiceDeployment } from '@aws-sdk/client-ecs'
import { clockTime, count, duration, listed, shortName, whenDue } from './words.ts'

const STAGES: Readonly<Record<string, string>> = {
  SCALE_UP: 'the tasks of the new revision are started beside the old ones',
  BAKE_TIME: 'the new revision has all the traffic; the old tasks go when the bake time is over',
  CLEAN_UP: 'the tasks of the old revision are stopped',
}

/** Empty for a deployment that is over. `againAt` is when the scheduler looks again. */
export const deploymentWords = (deployment: ServiceDeployment, againAt: number | undefined, now: number): string[] =>
  deployment.status === 'PENDING' || deployment.status === 'IN_PROGRESS' || isRollingBack(deployment)
    ? [
        ...rollBackWords(deployment),
        ...(deployment.lifecycleHookDetails ?? []).flatMap((hook) => hookWords(hook, deployment, now)),
        ...stageWords(deployment, againAt, now),
        ...breakerWords(deployment),
        ...alarmWords(deployment),
      ]
    : []

const isRollingBack = ({ status }: ServiceDeployment): boolean =>
  status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS'

const rollBackWords = (deployment: ServiceDeployment): string[] => {
  if (!isRollingBack(deployment)) return []
  const { rollback: { reason, serviceRevisionArn } = {}, statusReason } = deployment
  const why = (reason ?? statusReason)?.replace(/\.$/, '')
  const target = serviceRevisionArn === undefined ? '' : ` to revision ${shortName(serviceRevisionArn)}`
  return [`The deployment is being rolled back${target}${why === undefined ? '' : `: ${why}`}.`]
}

const hookWords = (
  { hookId, status, expiresAt, timeoutAction }: DeploymentLifecycleHookDetail,
  { serviceDeploymentArn, lifecycleStage }: ServiceDeployment,
  now: number,
): string[] => {
  if (status !== 'AWAITING_ACTION') return []
  const end = timeoutAction === 'CONTINUE' ? 'it goes on by itself' : 'it is rolled back'
  const time = expiresAt?.getTime()
  const otherwise = time === undefined ? '' : `; otherwise ${end} ${whenDue(time, now)}`
  return [
    `The deployment pauses at ${lifecycleStage} until it is told to go on${otherwise}:\naws ecs continue-service-deployment --hook-id ${hookId} --service-deployment-arn ${serviceDeploymentArn}`,
  ]
}

const stageWords = ({ lifecycleStage }: ServiceDeployment, againAt: number | undefined, now: number): string[] => {
  const words = STAGES[lifecycleStage ?? '']
  if (words === undefined) return []
  const isTimed = lifecycleStage === 'BAKE_TIME' && againAt !== undefined && againAt > now
  return [
    `Stage ${lifecycleStage}: ${words}${isTimed ? ` (at ${clockTime(againAt, now)}, in ${duration(againAt - now)})` : ''}.`,
  ]
}

const breakerWords = ({ deploymentCircuitBreaker: breaker }: ServiceDeployment): string[] => {
  const { status, failureCount = 0, threshold = 0 } = breaker ?? {}
  if (status !== 'MONITORING' || failureCount === 0) return []
  return [
    `The circuit breaker has counted ${count(failureCount, 'failed task')}; at ${threshold} the deployment fails.`,
  ]
}

const alarmWords = ({ alarms: { triggeredAlarmNames = [] } = {} }: ServiceDeployment): string[] =>
  triggeredAlarmNames.length === 0 ? [] : [`In ALARM: ${listed(triggeredAlarmNames)}.`]
