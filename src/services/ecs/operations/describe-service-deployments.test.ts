import { describe, expect, it } from 'vitest'
import { aServiceDeployment, aServiceRevision } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { BUILT_AT_MS } from '../../../../test/builders/ids.ts'
import { seeded } from '../../../../test/seeded.ts'
import { deploymentIdOf } from '../../../model/arn.ts'
import { describeServiceDeployments } from './describe-service-deployments.ts'

const at = (seconds: number): number => BUILT_AT_MS + seconds * 1000
const source = aServiceRevision()
const target = aServiceRevision()

const finished = aServiceDeployment({
  status: 'ROLLBACK_SUCCESSFUL',
  statusReason: 'The deployment was rolled back.',
  startedAt: at(1),
  updatedAt: at(5),
  stoppedAt: at(4),
  finishedAt: at(5),
  sourceServiceRevisions: [{ serviceRevisionArn: source.serviceRevisionArn, requestedTaskCount: 3 }],
  targetServiceRevision: { serviceRevisionArn: target.serviceRevisionArn, requestedTaskCount: 4 },
  lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
  lifecycleStageAt: at(3),
  lifecycleHooks: [
    {
      hookId: 'ecs-pause-1',
      stage: 'POST_SCALE_UP',
      targetType: 'PAUSE',
      status: 'AWAITING_ACTION',
      expiresAt: at(60),
      timeoutAction: 'ROLLBACK',
    },
  ],
  productionTrafficPercent: 10,
  testTrafficPercent: 100,
  circuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
  alarms: { status: 'MONITORING', alarmNames: ['slow', 'failing'], triggeredAlarmNames: ['slow'] },
  rollback: { reason: 'Circuit breaker.', startedAt: at(4), serviceRevisionArn: source.serviceRevisionArn },
})
const arnOf = ({ serviceDeploymentArn }: { readonly serviceDeploymentArn: string }): string => serviceDeploymentArn

describe('DescribeServiceDeployments', () => {
  it('describes everything that the record holds', async () => {
    const ecs = await seeded({ serviceDeployments: [finished] })
    const answer = await ecs.call(describeServiceDeployments, { serviceDeploymentArns: [arnOf(finished)] })
    expect(answer).toEqual({
      failures: [],
      serviceDeployments: [
        {
          serviceDeploymentArn: finished.serviceDeploymentArn,
          serviceArn: finished.serviceArn,
          clusterArn: finished.clusterArn,
          createdAt: new Date(at(0)),
          startedAt: new Date(at(1)),
          updatedAt: new Date(at(5)),
          stoppedAt: new Date(at(4)),
          finishedAt: new Date(at(5)),
          status: 'ROLLBACK_SUCCESSFUL',
          statusReason: 'The deployment was rolled back.',
          sourceServiceRevisions: [
            {
              arn: source.serviceRevisionArn,
              requestedTaskCount: 3,
              runningTaskCount: 0,
              pendingTaskCount: 0,
              requestedProductionTrafficWeight: 90,
              requestedTestTrafficWeight: 0,
            },
          ],
          targetServiceRevision: {
            arn: target.serviceRevisionArn,
            requestedTaskCount: 4,
            runningTaskCount: 0,
            pendingTaskCount: 0,
            requestedProductionTrafficWeight: 10,
            requestedTestTrafficWeight: 100,
          },
          lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
          lifecycleHookDetails: [
            {
              hookId: 'ecs-pause-1',
              targetType: 'PAUSE',
              status: 'AWAITING_ACTION',
              expiresAt: new Date(at(60)),
              timeoutAction: 'ROLLBACK',
            },
          ],
          deploymentConfiguration: { strategy: 'ROLLING', minimumHealthyPercent: 100, maximumPercent: 200 },
          deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
          alarms: { status: 'MONITORING', alarmNames: ['slow', 'failing'], triggeredAlarmNames: ['slow'] },
          rollback: {
            reason: 'Circuit breaker.',
            startedAt: new Date(at(4)),
            serviceRevisionArn: source.serviceRevisionArn,
          },
        },
      ],
    })
  })

  it('counts the tasks of each revision', async () => {
    const ofTarget = { startedBy: deploymentIdOf(target.serviceRevisionArn), group: 'service:web' }
    const tasks = [
      aTask(ofTarget),
      aTask({ ...ofTarget, lastStatus: 'RUNNING' }),
      aTask({ ...ofTarget, lastStatus: 'RUNNING' }),
      aTask({ ...ofTarget, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }),
      aTask({ startedBy: deploymentIdOf(source.serviceRevisionArn), lastStatus: 'RUNNING' }),
    ]
    const ecs = await seeded({ serviceDeployments: [finished], tasks })
    const answer = await ecs.call(describeServiceDeployments, { serviceDeploymentArns: [arnOf(finished)] })
    expect(answer.serviceDeployments?.[0]).toMatchObject({
      sourceServiceRevisions: [{ runningTaskCount: 1, pendingTaskCount: 0 }],
      targetServiceRevision: { runningTaskCount: 2, pendingTaskCount: 1 },
    })
  })

  it('shows a check of alarms that is off, and no weights where no traffic is shifted', async () => {
    const plain = aServiceDeployment()
    const ecs = await seeded({ serviceDeployments: [plain] })
    const answer = await ecs.call(describeServiceDeployments, { serviceDeploymentArns: [arnOf(plain)] })
    const [described] = answer.serviceDeployments ?? []
    expect(described?.alarms?.status).toBe('DISABLED')
    expect(described?.targetServiceRevision).not.toHaveProperty('requestedProductionTrafficWeight')
    expect(described).not.toHaveProperty('rollback')
    expect(described).not.toHaveProperty('lifecycleHookDetails')
  })

  it('counts what it does not find as failures, those of other accounts too', async () => {
    const ecs = await seeded({ serviceDeployments: [finished] })
    const unknown = `${arnOf(finished)}x`
    const elsewhere = arnOf(finished).replace('000000000000', '111111111111')
    const answer = await ecs.call(describeServiceDeployments, {
      serviceDeploymentArns: [unknown, arnOf(finished), elsewhere, unknown],
    })
    expect(answer.serviceDeployments).toHaveLength(1)
    expect(answer.failures).toEqual([
      { arn: unknown, reason: 'MISSING' },
      { arn: elsewhere, reason: 'MISSING' },
    ])
  })

  it.each([
    ['no ARNs', [], 'Service deployment ARNs cannot be empty.'],
    ['too many ARNs', Array<string>(21).fill(arnOf(finished)), 'serviceDeploymentArns can have at most 20 items.'],
    ['what is not an ARN', ['web'], 'Invalid identifier: Identifier is not an Amazon ECS ARN.'],
    ['the ARN of something else', [finished.serviceArn], 'Identifier is for service. Expected service-deployment.'],
  ])('refuses %s', async (_what, serviceDeploymentArns, message) => {
    const ecs = await seeded({})
    await expect(ecs.call(describeServiceDeployments, { serviceDeploymentArns })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    })
  })
})
