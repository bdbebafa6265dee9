/** What can be read of a service's past, and how its owner steps in. */
import { describe, expect, it } from 'vitest'
import { world } from '../../world.ts'
import { register } from './run-task.ts'

const MINUTE_MS = 60_000

describe('the history of a service', () => {
  it('tells what its revisions are made of, and how their deployments went', async () => {
    const w = await world()
    await register(w)
    await w.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2, launchType: 'EC2' })
    await w.advance(MINUTE_MS)
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await w.advance(2 * MINUTE_MS)

    const { serviceDeployments = [] } = await w.call('ListServiceDeployments', { service: 'web' })
    expect(serviceDeployments.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'SUCCESSFUL'])
    const [latest, first] = serviceDeployments
    const { serviceDeployments: described } = await w.call('DescribeServiceDeployments', {
      serviceDeploymentArns: [latest?.serviceDeploymentArn ?? ''],
    })
    expect(described).toMatchObject([
      {
        targetServiceRevision: { arn: latest?.targetServiceRevisionArn, requestedTaskCount: 2, runningTaskCount: 2 },
        sourceServiceRevisions: [{ arn: first?.targetServiceRevisionArn, runningTaskCount: 0 }],
      },
    ])
    const { serviceRevisions } = await w.call('DescribeServiceRevisions', {
      serviceRevisionArns: [latest?.targetServiceRevisionArn ?? ''],
    })
    expect(serviceRevisions).toMatchObject([{ containerImages: [{ containerName: 'app', image: 'busybox' }] }])
  })

  it('shows a deployment that its owner stopped, and the way back', async () => {
    const w = await world()
    await register(w)
    await w.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2, launchType: 'EC2' })
    await w.advance(MINUTE_MS)
    const { service } = await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    const arn = service?.currentServiceDeployment ?? ''
    expect(await w.call('StopServiceDeployment', { serviceDeploymentArn: arn })).toEqual({ serviceDeploymentArn: arn })
    await w.advance(3 * MINUTE_MS)

    const { serviceDeployments } = await w.call('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
    expect(serviceDeployments).toMatchObject([
      {
        status: 'ROLLBACK_SUCCESSFUL',
        targetServiceRevision: { runningTaskCount: 0, pendingTaskCount: 0 },
        sourceServiceRevisions: [{ runningTaskCount: 2 }],
        rollback: { serviceRevisionArn: expect.stringContaining('service-revision/default/web/') },
      },
    ])
    await expect(w.call('StopServiceDeployment', { serviceDeploymentArn: arn })).rejects.toMatchObject({
      code: 'ConflictException',
    })
  })
})
