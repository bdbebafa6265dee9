import { describe, expect, it } from 'vitest'
import { aServiceRevision } from '../../../../test/builders/a-service.ts'
import { aContainerDefinition, aTaskDefinition } from '../../../../test/builders/a-task-definition.ts'
import { BUILT_AT_MS } from '../../../../test/builders/ids.ts'
import { seeded } from '../../../../test/seeded.ts'
import { describeServiceRevisions } from './describe-service-revisions.ts'

const definition = aTaskDefinition({
  containerDefinitions: [aContainerDefinition(), aContainerDefinition({ name: 'log', image: 'longshore/log:1' })],
})
const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [] } }

describe('DescribeServiceRevisions', () => {
  it('describes what the tasks of a revision are made of', async () => {
    const revision = aServiceRevision({ networkConfiguration })
    const ecs = await seeded({ definitions: [definition], revisions: [revision] })
    const arn = revision.serviceRevisionArn
    expect(await ecs.call(describeServiceRevisions, { serviceRevisionArns: [arn] })).toEqual({
      failures: [],
      serviceRevisions: [
        {
          serviceRevisionArn: arn,
          serviceArn: revision.serviceArn,
          clusterArn: revision.clusterArn,
          taskDefinition: definition.taskDefinitionArn,
          launchType: 'EC2',
          networkConfiguration,
          containerImages: [
            { containerName: 'app', image: 'longshore/test:latest' },
            { containerName: 'log', image: 'longshore/log:1' },
          ],
          guardDutyEnabled: false,
          createdAt: new Date(BUILT_AT_MS),
        },
      ],
    })
  })

  it('shows a strategy in the place of a launch type, and the platform of Fargate', async () => {
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }]
    const revision = aServiceRevision({ launchType: 'FARGATE', capacityProviderStrategy, platformVersion: '1.4.0' })
    const ecs = await seeded({ definitions: [definition], revisions: [revision] })
    const answer = await ecs.call(describeServiceRevisions, { serviceRevisionArns: [revision.serviceRevisionArn] })
    const [described] = answer.serviceRevisions ?? []
    expect(described).toMatchObject({ capacityProviderStrategy, platformVersion: '1.4.0', platformFamily: 'Linux' })
    expect(described).not.toHaveProperty('launchType')
  })

  it('shows the digests of images that its tasks are held to', async () => {
    const revision = aServiceRevision({ imageDigests: { log: 'sha256:1' } })
    const ecs = await seeded({ definitions: [definition], revisions: [revision] })
    const answer = await ecs.call(describeServiceRevisions, { serviceRevisionArns: [revision.serviceRevisionArn] })
    expect(answer.serviceRevisions?.[0]?.containerImages).toEqual([
      { containerName: 'app', image: 'longshore/test:latest' },
      { containerName: 'log', image: 'longshore/log:1', imageDigest: 'sha256:1' },
    ])
  })

  it('counts what it does not find as failures', async () => {
    const ecs = await seeded({})
    const { serviceRevisionArn } = aServiceRevision()
    expect(await ecs.call(describeServiceRevisions, { serviceRevisionArns: [serviceRevisionArn] })).toEqual({
      serviceRevisions: [],
      failures: [{ arn: serviceRevisionArn, reason: 'MISSING' }],
    })
  })

  it.each([
    ['no ARNs', [], 'Service revision ARNs cannot be empty.'],
    ['too many ARNs', Array<string>(21).fill('x'), 'serviceRevisionArns can have at most 20 items.'],
    ['another ARN', [definition.taskDefinitionArn], 'Identifier is for task-definition. Expected service-revision.'],
    ['an ARN with too few parts', ['arn:aws:ecs:us-east-1:000000000000:service-revision/web'], 'number of separators'],
  ])('refuses %s', async (_what, serviceRevisionArns, message) => {
    const ecs = await seeded({})
    await expect(ecs.call(describeServiceRevisions, { serviceRevisionArns })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    })
  })
})
