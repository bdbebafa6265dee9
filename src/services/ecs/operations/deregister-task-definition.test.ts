import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { deregisterTaskDefinition } from './deregister-task-definition.ts'
import { registerTaskDefinition } from './register-task-definition.ts'

describe('DeregisterTaskDefinition', () => {
  it('makes a revision INACTIVE, once', async () => {
    const ecs = await ecsHarness()
    await ecs.call(registerTaskDefinition, aDefinition())
    await ecs.clock.advance(1000)
    const deregisteredAt = new Date(ecs.clock.now())

    const first = await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:1' })
    await ecs.clock.advance(1000)
    const second = await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:1' })

    expect(first).toMatchObject({ taskDefinition: { status: 'INACTIVE', deregisteredAt } })
    expect(second).toEqual(first)
  })

  it.each([
    ['web', 'ClientException', 'A revision must be specified for the task definition.'],
    ['web:2', 'ClientException', 'Unable to describe task definition.'],
    ['', 'InvalidParameterException', 'TaskDefinition can not be blank.'],
  ])('refuses %j', async (taskDefinition, code, message) => {
    const ecs = await ecsHarness()
    await ecs.call(registerTaskDefinition, aDefinition())

    await expect(ecs.call(deregisterTaskDefinition, { taskDefinition })).rejects.toMatchObject({
      code,
      message,
    })
  })
})
