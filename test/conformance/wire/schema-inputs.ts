/** Inputs made from the model and a seed: ones that fit, and ones that are broken in exactly one place. */
import type { Ids } from '../../../src/kit/ids.ts'
import type { Member, Shape, StructureShape } from '../../../src/wire/schema.ts'

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

const DEPTH_MAX = 4
const TEXTS = [
  '',
  'default',
  'a',
  '$',
  'arn:aws:ecs:us-east-1:000000000000:task/default/0',
  '../..',
  '"',
  '\u0000',
  '\ud83d\ude00',
  ' ',
  'ALL',
  '-1',
  'x'.repeat(300),
]
const NUMBERS = [0, 1, -1, 2, 10, 100, 101, 65_536, 2 ** 31 - 1, -(2 ** 31)]

export class SchemaInputs {
  readonly #ids: Ids

  constructor(ids: Ids) {
    this.#ids = ids
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#ids.random() * choices.length)]!
  }

  /** An input of the right types, with arbitrary values. */
  fitting(shape: Shape, depth = 0): Json {
    switch (shape.kind) {
      case 'structure':
        return this.#structure(shape, depth)
      case 'list':
        return Array.from({ length: this.pick([0, 1, 2]) }, () => this.fitting(shape.item.shape, depth + 1))
      case 'map':
        return { [this.pick(TEXTS)]: this.fitting(shape.value.shape, depth + 1) }
      case 'boolean':
        return this.pick([true, false])
      case 'number':
      case 'bigInteger':
      case 'bigDecimal':
        return this.pick(NUMBERS)
      case 'timestamp':
        return this.pick([0, 1767225600.5, -1])
      case 'blob':
        return this.pick(['', 'aGk='])
      case 'document':
        return this.pick<Json>([null, 1, 'text', { nested: [true] }])
      case 'string':
        return this.pick(TEXTS)
    }
  }

  /** An input that no server may accept: one value of a wrong type, or one required member absent. */
  broken(shape: StructureShape): Json {
    for (;;) {
      const input = this.fitting(shape) as { [name: string]: Json }
      if (this.#break(shape, input)) return input
    }
  }

  #structure(shape: StructureShape, depth: number): Json {
    const chosen = shape.union
      ? [this.pick(shape.members)]
      : shape.members.filter((member) => this.#isWanted(member, depth))
    return Object.fromEntries(chosen.map(({ name, shape: target }) => [name, this.fitting(target, depth + 1)]))
  }

  #isWanted({ required }: Member, depth: number): boolean {
    return required || (depth < DEPTH_MAX && this.#ids.random() < 0.4)
  }

  #break(shape: StructureShape, input: { [name: string]: Json }): boolean {
    const present = shape.members.filter(
      ({ name, shape: { kind } }) => input[name] !== undefined && kind !== 'document',
    )
    if (present.length === 0) return false
    const member = this.pick(present)
    if (member.required && this.#ids.random() < 0.3) {
      delete input[member.name]
      return true
    }
    const value = input[member.name]!
    if (member.shape.kind === 'structure' && this.#ids.random() < 0.7) {
      return this.#break(member.shape, value as { [name: string]: Json })
    }
    input[member.name] = this.pick(wrongTypesFor(member.shape))
    return true
  }
}

const wrongTypesFor = (shape: Shape): readonly Json[] => {
  switch (shape.kind) {
    case 'structure':
    case 'map':
      return ['text', 7, true, [], [{}]]
    case 'list':
      return ['text', 7, false, {}, [null], [[[[]]]]]
    case 'boolean':
      return ['true', 0, [], {}]
    case 'string':
      return [7, true, [], {}, 1e308]
    case 'blob':
      return [7, '?', [], {}]
    default:
      return ['7', true, [], {}]
  }
}
