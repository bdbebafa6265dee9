import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { deleteTaskDefinitions } from './delete-task-definitions.ts'
import { deregisterTaskDefinition } from './deregister-task-definition.ts'
import { registerTaskDefinition } from './register-task-definition.ts'

const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/${name}`

describe('DeleteTaskDefinitions', () => {
  it('begins to delete INACTIVE revisions and reports the others', async () => {
    const ecs = await ecsHarness()
    for (const _ of [1, 2]) await ecs.call(registerTaskDefinition, aDefinition())
    await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:1' })

    const output = await ecs.call(deleteTaskDefinitions, {
      taskDefinitions: ['web:1', arnOf('web:1'), 'web:2', 'web:3'],
    })

    expect(output).toMatchObject({
      taskDefinitions: [
        {
          taskDefinitionArn: arnOf('web:1'),
          status: 'DELETE_IN_PROGRESS',
          deleteRequestedAt: new Date(ecs.clock.now()),
        },
      ],
      failures: [
        {
          arn: arnOf('web:2'),
          reason:
            'The specified task definition is still in an active status. Please deregister the target and try again.',
        },
        {
          arn: arnOf('web:3'),
          reason:
            'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
        },
      ],
    })
  })

  it('says the same when it is asked again', async () => {
    const ecs = await ecsHarness()
    await ecs.call(registerTaskDefinition, aDefinition())
    await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:1' })

    const first = await ecs.call(deleteTaskDefinitions, { taskDefinitions: ['web:1'] })
    await ecs.clock.advance(1000)

    expect(await ecs.call(deleteTaskDefinitions, { taskDefinitions: ['web:1'] })).toEqual(first)
  })

  it.each([
    ['none', [], 'InvalidParameterException'],
    ['more than 10', Array.from({ length: 11 }, (_, index) => `web:${index + 1}`), 'InvalidParameterException'],
    ['a family without a revision', ['web'], 'ClientException'],
  ])('refuses %s', async (_, taskDefinitions, code) => {
    const ecs = await ecsHarness()

    await expect(ecs.call(deleteTaskDefinitions, { taskDefinitions })).rejects.toMatchObject({ code })
  })
})
