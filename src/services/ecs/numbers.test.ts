import { expect, it } from 'vitest'
import { JsonDecoders } from '../../wire/json-decode.ts'
import { Model, type Shape } from '../../wire/schema.ts'
import { ecsModel } from './agent-model.ts'
import { ecsNumbers } from './numbers.ts'

const model = new Model(ecsModel(), ecsNumbers)

const decode = (operation: string, input: object): unknown =>
  new JsonDecoders().of(model.operations.get(operation)!.input)(input)

/** `Structure.member` of every number that is reachable from the shape. */
const numbersOf = (shape: Shape, place: string, seen: Set<Shape>): string[] => {
  if (shape.kind === 'number') return [place]
  if (seen.has(shape)) return []
  seen.add(shape)
  if (shape.kind === 'structure')
    return shape.members.flatMap((member) => numbersOf(member.shape, `${shape.name}.${member.name}`, seen))
  if (shape.kind === 'list') return numbersOf(shape.item.shape, `${shape.name}.member`, seen)
  return shape.kind === 'map' ? numbersOf(shape.value.shape, `${shape.name}.value`, seen) : []
}

it('names only numbers that the model has', () => {
  const seen = new Set<Shape>()
  const shapes = [...model.operations.values()].flatMap(({ input, output }) => [input, output])
  const known = new Set(shapes.flatMap((shape) => numbersOf(shape, '', seen)))
  expect(Object.keys(ecsNumbers).filter((name) => !known.has(name))).toEqual([])
})

it('cuts the fraction off where ECS has an integer', () => {
  expect(decode('RunTask', { taskDefinition: 'web', count: 2.9 })).toEqual({ taskDefinition: 'web', count: 2 })
})

it('refuses what an integer cannot hold', () => {
  expect(() => decode('RunTask', { taskDefinition: 'web', count: 2 ** 31 })).toThrow('cannot be converted to Integer')
})

it('keeps the widths of resources apart', () => {
  const resource = { integerValue: 1.5, longValue: 2 ** 40, doubleValue: 0.5 }
  expect(decode('RegisterContainerInstance', { totalResources: [resource] })).toEqual({
    totalResources: [{ ...resource, integerValue: 1 }],
  })
})
