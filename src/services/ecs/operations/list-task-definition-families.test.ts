import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { deleteTaskDefinitions } from './delete-task-definitions.ts'
import { deregisterTaskDefinition } from './deregister-task-definition.ts'
import { listTaskDefinitionFamilies } from './list-task-definition-families.ts'
import { registerTaskDefinition } from './register-task-definition.ts'

/** Families `api` and `web` are ACTIVE, `was` is INACTIVE, `gone` is being deleted. */
const withFamilies = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  for (const family of ['web', 'was', 'gone', 'api'])
    await ecs.call(registerTaskDefinition, aDefinition({}, { family }))
  await ecs.call(deregisterTaskDefinition, { taskDefinition: 'was:1' })
  await ecs.call(deregisterTaskDefinition, { taskDefinition: 'gone:1' })
  await ecs.call(deleteTaskDefinitions, { taskDefinitions: ['gone:1'] })
  return ecs
}

describe('ListTaskDefinitionFamilies', () => {
  it.each([
    [{}, ['api', 'was', 'web']],
    [{ status: 'ALL' }, ['api', 'was', 'web']],
    [{ status: 'ACTIVE' }, ['api', 'web']],
    [{ status: 'INACTIVE' }, ['was']],
    [{ familyPrefix: 'w' }, ['was', 'web']],
    [{ familyPrefix: 'w', status: 'ACTIVE' }, ['web']],
  ] as const)('answers %j with %j', async (input, families) => {
    const ecs = await withFamilies()

    expect(await ecs.call(listTaskDefinitionFamilies, input)).toEqual({ families })
  })

  it('gives pages', async () => {
    const ecs = await withFamilies()

    const first = await ecs.call(listTaskDefinitionFamilies, { maxResults: 2 })
    const second = await ecs.call(listTaskDefinitionFamilies, { maxResults: 2, nextToken: first.nextToken })

    expect([first.families, second.families]).toEqual([['api', 'was'], ['web']])
  })

  it('refuses an unknown status', async () => {
    const ecs = await withFamilies()

    await expect(ecs.call(listTaskDefinitionFamilies, { status: 'GONE' as never })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})
