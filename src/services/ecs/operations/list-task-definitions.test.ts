import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { deregisterTaskDefinition } from './deregister-task-definition.ts'
import { listTaskDefinitions } from './list-task-definitions.ts'
import { registerTaskDefinition } from './register-task-definition.ts'

const withFamilies = async (revisions: Readonly<Record<string, number>>): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  for (const [family, count] of Object.entries(revisions)) {
    for (let revision = 0; revision < count; revision++)
      await ecs.call(registerTaskDefinition, aDefinition({}, { family }))
  }
  return ecs
}

const names = async (ecs: EcsHarness, input: object): Promise<(string | undefined)[] | undefined> =>
  (await ecs.call(listTaskDefinitions, input)).taskDefinitionArns?.map((arn) => arn.split('/')[1])

describe('ListTaskDefinitions', () => {
  it('sorts by family, then by revision as a number', async () => {
    const ecs = await withFamilies({ web: 11, 'web-admin': 1, api: 1 })

    const listed = await names(ecs, {})

    expect(listed).toEqual(['api:1', ...Array.from({ length: 11 }, (_, index) => `web:${index + 1}`), 'web-admin:1'])
    expect(await names(ecs, { sort: 'DESC' })).toEqual(listed?.toReversed())
  })

  it('takes familyPrefix for a whole family', async () => {
    const ecs = await withFamilies({ web: 2, 'web-admin': 1 })

    expect(await names(ecs, { familyPrefix: 'web' })).toEqual(['web:1', 'web:2'])
  })

  it('lists ACTIVE revisions unless another status is asked for', async () => {
    const ecs = await withFamilies({ web: 2 })
    await ecs.call(deregisterTaskDefinition, { taskDefinition: 'web:1' })

    expect(await names(ecs, {})).toEqual(['web:2'])
    expect(await names(ecs, { status: 'INACTIVE' })).toEqual(['web:1'])
    expect(await names(ecs, { status: 'DELETE_IN_PROGRESS' })).toEqual([])
  })

  it('gives pages in either order', async () => {
    const ecs = await withFamilies({ web: 3 })
    const pages = async (sort: 'ASC' | 'DESC') => {
      const first = await ecs.call(listTaskDefinitions, { sort, maxResults: 2 })
      return [first, await ecs.call(listTaskDefinitions, { sort, maxResults: 2, nextToken: first.nextToken })].map(
        ({ taskDefinitionArns }) => taskDefinitionArns?.map((arn) => Number(arn.split(':').at(-1))),
      )
    }

    expect(await pages('ASC')).toEqual([[1, 2], [3]])
    expect(await pages('DESC')).toEqual([[3, 2], [1]])
  })

  it('takes a token only for the same list', async () => {
    const ecs = await withFamilies({ web: 2 })
    const { nextToken } = await ecs.call(listTaskDefinitions, { maxResults: 1 })

    await expect(ecs.call(listTaskDefinitions, { sort: 'DESC', nextToken })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  it.each([{ status: 'GONE' }, { sort: 'UP' }])('refuses %j', async (input) => {
    const ecs = await ecsHarness()

    await expect(ecs.call(listTaskDefinitions, input as never)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})
