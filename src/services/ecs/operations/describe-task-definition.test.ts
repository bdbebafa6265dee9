import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { ACCOUNT, type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { deregisterTaskDefinition } from './deregister-task-definition.ts'
import { describeTaskDefinition } from './describe-task-definition.ts'
import { registerTaskDefinition } from './register-task-definition.ts'

const arnOf = (name: string, region = 'us-east-1'): string => `arn:aws:ecs:${region}:${ACCOUNT}:task-definition/${name}`

const withRevisions = async (count: number): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  const tags = [{ key: 'k', value: 'v' }]
  for (let revision = 1; revision <= count; revision++)
    await ecs.call(registerTaskDefinition, aDefinition({}, { tags }))
  return ecs
}

describe('DescribeTaskDefinition', () => {
  it.each(['web:1', arnOf('web:1')])('finds the revision %s', async (taskDefinition) => {
    const ecs = await withRevisions(2)

    expect(await ecs.call(describeTaskDefinition, { taskDefinition })).toMatchObject({
      taskDefinition: { taskDefinitionArn: arnOf('web:1'), revision: 1 },
      tags: [],
    })
  })

  it('takes a family for its latest ACTIVE revision', async () => {
    const ecs = await withRevisions(3)
    await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:3' })

    expect(await ecs.call(describeTaskDefinition, { taskDefinition: 'web' })).toMatchObject({
      taskDefinition: { revision: 2 },
    })
  })

  it('describes INACTIVE revisions by their number', async () => {
    const ecs = await withRevisions(1)
    await ecs.clock.advance(1000)
    await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:1' })

    expect(await ecs.call(describeTaskDefinition, { taskDefinition: 'web:1' })).toMatchObject({
      taskDefinition: { status: 'INACTIVE', deregisteredAt: new Date(ecs.clock.now()) },
    })
    await expect(ecs.call(describeTaskDefinition, { taskDefinition: 'web' })).rejects.toMatchObject({
      code: 'ClientException',
    })
  })

  it('shows tags when asked', async () => {
    const ecs = await withRevisions(1)

    const { tags } = await ecs.call(describeTaskDefinition, { taskDefinition: 'web', include: ['TAGS'] })

    expect(tags).toEqual([{ key: 'k', value: 'v' }])
  })

  it.each([
    ['a family that is not there', 'other', 'ClientException', 'Unable to describe task definition.'],
    ['a revision that is not there', 'web:2', 'ClientException', 'Unable to describe task definition.'],
    [
      'the ARN of another region',
      arnOf('web:1', 'eu-west-1'),
      'ClientException',
      'Unable to describe task definition.',
    ],
    [
      'a revision that is no number',
      'web:latest',
      'InvalidParameterException',
      'Invalid revision number. Number: latest',
    ],
    ['a family that none can have', 'a b', 'ClientException', 'Family contains invalid characters.'],
    ['nothing', '', 'InvalidParameterException', 'TaskDefinition can not be blank.'],
  ])('refuses %s', async (_, taskDefinition, code, message) => {
    const ecs = await withRevisions(1)

    await expect(ecs.call(describeTaskDefinition, { taskDefinition })).rejects.toMatchObject({ code, message })
  })

  it('keeps regions apart', async () => {
    const ecs = await withRevisions(1)
    await ecs.call(registerTaskDefinition, aDefinition(), { region: 'eu-west-1' })

    await expect(
      ecs.call(describeTaskDefinition, { taskDefinition: arnOf('web:1', 'eu-west-1') }),
    ).rejects.toMatchObject({ code: 'ClientException' })
  })
})
