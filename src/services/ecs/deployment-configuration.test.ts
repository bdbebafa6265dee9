import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../wire/fault.ts'
import { checkedDeploymentConfiguration } from './deployment-configuration.ts'

const REPLICA = { schedulingStrategy: 'REPLICA', deploymentController: 'ECS' } as const
const DAEMON = { schedulingStrategy: 'DAEMON', deploymentController: 'ECS' } as const
const EXTERNAL = { schedulingStrategy: 'REPLICA', deploymentController: 'EXTERNAL' } as const

const refusalOf = (
  given: DeploymentConfiguration,
  kind: Parameters<typeof checkedDeploymentConfiguration>[1],
): string => {
  try {
    checkedDeploymentConfiguration(given, kind)
    return 'accepted'
  } catch (error) {
    return (error as Fault).message
  }
}

describe('a deployment configuration', () => {
  it('has the defaults of its scheduling strategy', () => {
    expect(checkedDeploymentConfiguration({}, REPLICA)).toMatchObject({
      minimumHealthyPercent: 100,
      maximumPercent: 200,
    })
    expect(checkedDeploymentConfiguration({}, DAEMON)).toMatchObject({ minimumHealthyPercent: 0, maximumPercent: 100 })
  })

  it('has the defaults of its deployment strategy', () => {
    expect(checkedDeploymentConfiguration({ strategy: 'LINEAR' }, REPLICA)).toMatchObject({
      linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6 },
    })
    expect(checkedDeploymentConfiguration({ strategy: 'CANARY' }, REPLICA)).toMatchObject({
      canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 },
    })
  })

  it('fills in how long a pause lasts, and what happens then', () => {
    const lifecycleHooks = [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] }] as const

    expect(
      checkedDeploymentConfiguration({ strategy: 'LINEAR', lifecycleHooks: lifecycleHooks as never }, REPLICA)
        .lifecycleHooks,
    ).toEqual([{ ...lifecycleHooks[0], timeoutConfiguration: { timeoutInMinutes: 1440, action: 'ROLLBACK' } }])
  })

  it('keeps what an update leaves out, but for what belongs to another strategy', () => {
    const before = checkedDeploymentConfiguration(
      { strategy: 'CANARY', minimumHealthyPercent: 50, canaryConfiguration: { canaryPercent: 1 } },
      REPLICA,
    )

    expect(checkedDeploymentConfiguration({ maximumPercent: 150 }, REPLICA, before)).toEqual({
      ...before,
      maximumPercent: 150,
    })
    const rolling = checkedDeploymentConfiguration({ strategy: 'ROLLING' }, REPLICA, before)
    expect(rolling).not.toHaveProperty('canaryConfiguration')
    expect(rolling.minimumHealthyPercent).toBe(50)
  })

  it('has pauses only where there are stages to pause at', () => {
    const lifecycleHooks = [{ targetType: 'PAUSE' as const, lifecycleStages: ['POST_SCALE_UP' as const] }]
    const before = checkedDeploymentConfiguration({ strategy: 'CANARY', lifecycleHooks }, REPLICA)

    expect(checkedDeploymentConfiguration({ strategy: 'ROLLING' }, REPLICA, before)).not.toHaveProperty(
      'lifecycleHooks',
    )
    expect(checkedDeploymentConfiguration({ lifecycleHooks: [] }, REPLICA, before).lifecycleHooks).toEqual([])
    expect(refusalOf({ lifecycleHooks }, REPLICA)).toBe(
      'lifecycleHooks are not valid with the ROLLING deployment strategy.',
    )
  })

  it('forgets early success with the rolling deployments it is for', () => {
    const earlySuccessCriteria = {
      enable: true,
      healthyPercent: 100,
      sourceServiceRevisionCleanup: 'BLOCKING',
    } as const
    const before = checkedDeploymentConfiguration({ earlySuccessCriteria }, REPLICA)

    expect(before).toMatchObject({ earlySuccessCriteria })
    expect(checkedDeploymentConfiguration({ strategy: 'LINEAR' }, REPLICA, before)).not.toHaveProperty(
      'earlySuccessCriteria',
    )
  })

  it.each<[DeploymentConfiguration, string]>([
    [{ minimumHealthyPercent: -1 }, 'minimumHealthyPercent must be between 0 and 100.'],
    [{ minimumHealthyPercent: 101 }, 'minimumHealthyPercent must be between 0 and 100.'],
    [{ maximumPercent: 99 }, 'maximumPercent must be at least 100.'],
    [
      { minimumHealthyPercent: 100, maximumPercent: 100 },
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [{ strategy: 'BLUE_GREEN' }, 'bakeTimeInMinutes is required with the BLUE_GREEN deployment strategy.'],
    [{ bakeTimeInMinutes: 1441 }, 'bakeTimeInMinutes must be between 0 and 1440.'],
    [{ linearConfiguration: {} }, 'linearConfiguration is only valid with the LINEAR deployment strategy.'],
    [{ canaryConfiguration: {} }, 'canaryConfiguration is only valid with the CANARY deployment strategy.'],
    [
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } },
      'stepPercent must be a multiple of 0.1 between 3.0 and 100.0.',
    ],
    [
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.25 } },
      'canaryPercent must be a multiple of 0.1 between 0.1 and 100.0.',
    ],
    [
      { strategy: 'CANARY', canaryConfiguration: { canaryBakeTimeInMinutes: -1 } },
      'canaryBakeTimeInMinutes must be between 0 and 1440.',
    ],
    [
      { alarms: { alarmNames: [], enable: true, rollback: false } },
      'alarmNames cannot be empty when deployment alarms are enabled.',
    ],
    [{ alarms: { alarmNames: [''], enable: false, rollback: false } }, 'The name of an alarm cannot be blank.'],
    [
      {
        deploymentCircuitBreaker: {
          enable: true,
          rollback: false,
          thresholdConfiguration: { type: 'COUNT', value: 0.5 },
        },
      },
      'The value of a thresholdConfiguration must be an integer of at least 1.',
    ],
    [
      { earlySuccessCriteria: { enable: true, healthyPercent: 100 } },
      'earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup.',
    ],
    [
      { earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'BLOCKING' } },
      'healthyPercent must be greater than or equal to minimumHealthyPercent.',
    ],
    [
      { earlySuccessCriteria: { enable: false, healthyPercent: 50.5 } },
      'healthyPercent must be an integer between 0 and 100.',
    ],
    [
      { strategy: 'LINEAR', earlySuccessCriteria: { enable: true } },
      'earlySuccessCriteria is only valid with the ROLLING deployment strategy.',
    ],
    [
      { strategy: 'LINEAR', lifecycleHooks: [{ hookTargetArn: 'arn:aws:lambda:us-east-1:000000000000:function:f' }] },
      'Lifecycle hooks with the target type AWS_LAMBDA are not supported. Use PAUSE.',
    ],
    [
      { strategy: 'LINEAR', lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: [] }] },
      'lifecycleStages of a lifecycle hook cannot be empty.',
    ],
    [
      { strategy: 'LINEAR', lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }] },
      'PAUSE lifecycle hooks are not valid for the PRODUCTION_TRAFFIC_SHIFT stage.',
    ],
    [
      {
        strategy: 'LINEAR',
        lifecycleHooks: [{ targetType: 'PAUSE', hookDetails: {}, lifecycleStages: ['PRE_SCALE_UP'] }],
      },
      'hookTargetArn, roleArn and hookDetails are not valid for PAUSE lifecycle hooks.',
    ],
    [
      {
        strategy: 'LINEAR',
        lifecycleHooks: [
          {
            targetType: 'PAUSE',
            lifecycleStages: ['PRE_SCALE_UP'],
            timeoutConfiguration: { timeoutInMinutes: 20_161 },
          },
        ],
      },
      'timeoutInMinutes must be between 1 and 20160.',
    ],
  ])('is refused: %j', (given, message) => {
    expect(refusalOf(given, REPLICA)).toBe(message)
  })

  it('leaves a daemon no room above what runs', () => {
    expect(refusalOf({ maximumPercent: 200 }, DAEMON)).toContain('does not support values above 100 for maximumPercent')
    expect(refusalOf({ strategy: 'CANARY' }, DAEMON)).toContain('does not support the CANARY deployment strategy')
  })

  it('is not for a service that others deploy', () => {
    const message = 'A custom deployment configuration requires the ECS deployment controller.'

    expect(refusalOf({ maximumPercent: 200, minimumHealthyPercent: 100 }, EXTERNAL)).toBe('accepted')
    expect(refusalOf({ maximumPercent: 150 }, EXTERNAL)).toBe(message)
    expect(refusalOf({ deploymentCircuitBreaker: { enable: true, rollback: true } }, EXTERNAL)).toBe(message)
    expect(refusalOf({ strategy: 'LINEAR' }, EXTERNAL)).toBe(message)
  })
})
