import { expect, it } from 'vitest'
import { Model } from '../../wire/schema.ts'
import { ecsModel } from './agent-model.ts'

it('adds to the published model only what agents send besides', () => {
  const members = new Model(ecsModel()).operations
    .get('RegisterContainerInstance')
    ?.input.members.map(({ name }) => name)
  expect(members).toContain('clientToken')
  expect(members).toContain('totalResources')
})
