import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { deploymentWords } from './deployment-words.ts'

const NOW = Date.UTC(2026, 0, 1, 10, 30, 53)
const wordsOf = (deployment: ServiceDeployment, againAt?: number) =>
  deploymentWords({ status: 'IN_PROGRESS', ...deployment }, againAt, NOW)

describe('what a service deployment waits for', () => {
  it('is an answer, where it pauses', () => {
    const hook = { hookId: 'ecs-pause-1', status: 'AWAITING_ACTION', expiresAt: new Date(NOW + 12_000) } as const
    const deployment = { serviceDeploymentArn: 'arn:1', lifecycleStage: 'PRE_SCALE_UP' } as const
    expect(wordsOf({ ...deployment, lifecycleHookDetails: [{ ...hook, timeoutAction: 'ROLLBACK' }] })).toEqual([
      'The deployment pauses at PRE_SCALE_UP until it is told to go on; otherwise it is rolled back at 10:31:05Z, in 12 s:\naws ecs continue-service-deployment --hook-id ecs-pause-1 --service-deployment-arn arn:1',
    ])
    expect(wordsOf({ ...deployment, lifecycleHookDetails: [{ ...hook, status: 'SUCCEEDED' }] })).toEqual([])
  })

  it('is its stage', () => {
    expect(wordsOf({ lifecycleStage: 'BAKE_TIME' }, NOW + 300_000)).toEqual([
      'Stage BAKE_TIME: the new revision has all the traffic; the old tasks go when the bake time is over (at 10:35:53Z, in 5 min).',
    ])
  })

  it('is a roll-back', () => {
    const rollback = {
      reason: 'Service deployment rolled back because of the circuit breaker.',
      serviceRevisionArn: 'a/7',
    }
    expect(wordsOf({ status: 'ROLLBACK_IN_PROGRESS', rollback })).toEqual([
      'The deployment is being rolled back to revision 7: Service deployment rolled back because of the circuit breaker.',
    ])
  })

  it('is the count of the circuit breaker, once it has counted', () => {
    const deploymentCircuitBreaker = { status: 'MONITORING', failureCount: 0, threshold: 3 } as const
    expect(wordsOf({ deploymentCircuitBreaker })).toEqual([])
    expect(wordsOf({ deploymentCircuitBreaker: { ...deploymentCircuitBreaker, failureCount: 1 } })).toEqual([
      'The circuit breaker has counted 1 failed task; at 3 the deployment fails.',
    ])
    expect(
      wordsOf({ status: 'STOPPED', deploymentCircuitBreaker: { ...deploymentCircuitBreaker, failureCount: 1 } }),
    ).toEqual([])
  })
})
