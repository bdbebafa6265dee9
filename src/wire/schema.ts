/**
 * The API models as the wire sees them: the runtime schemas that the `@aws-sdk/client-*` packages export, read once into plain
 * shapes that codecs compile their walks from. What a shape looks like on the wire is left to the codecs.
 *
 * The packages' format (types in `@smithy/types`, `static-schemas.d.ts`): arrays tagged by their first element, members given as
 * `schema` or `[schema, memberTraits]`, schemas as themselves or behind a function, simple types as numbers. It has no integer
 * widths; a service adds them where they matter (`NumberKinds`).
 */
import { Bug } from '../kit/assert.ts'

export type NumberKind = 'integer' | 'long' | 'double'

/** Width of numbers by `Structure.member`; a number that is not named is a 32-bit integer. */
export type NumberKinds = Readonly<Record<string, Exclude<NumberKind, 'integer'>>>

export type TimestampFormat = 'default' | 'date-time' | 'http-date' | 'epoch-seconds'

export type Shape =
  | { readonly kind: 'string' | 'boolean' | 'blob' | 'document' | 'bigInteger' | 'bigDecimal' }
  | { readonly kind: 'number'; readonly width: NumberKind | 'unknown' }
  | { readonly kind: 'timestamp'; readonly format: TimestampFormat }
  | ListShape
  | MapShape
  | StructureShape

export interface ListShape {
  readonly kind: 'list'
  readonly name: string
  readonly item: Member
  readonly sparse: boolean
}

export interface MapShape {
  readonly kind: 'map'
  readonly name: string
  readonly key: Member
  readonly value: Member
  readonly sparse: boolean
}

export interface StructureShape {
  readonly kind: 'structure'
  readonly name: string
  readonly union: boolean
  /** In the model's order, required ones first. */
  readonly members: readonly Member[]
}

/** A shape in its place: a structure's member, a list's item, a map's key or value. */
export interface Member {
  readonly name: string
  readonly shape: Shape
  readonly required: boolean
  readonly traits: Traits
}

/** The traits that concern the wire, of the member and, where it has none, of its target. */
interface Traits {
  readonly xmlName?: string
  readonly ec2QueryName?: string
  readonly xmlFlattened?: unknown
  readonly xmlAttribute?: unknown
  readonly idempotencyToken?: unknown
  readonly sensitive?: unknown
  readonly streaming?: unknown
  /** Of what is a fault, in a stream of events. */
  readonly error?: unknown
}

export interface OperationShape {
  readonly name: string
  readonly input: StructureShape
  readonly output: StructureShape
}

export interface ErrorShape {
  readonly name: string
  readonly structure: StructureShape
  readonly side: 'client' | 'server'
  /** HTTP status, where the model states one. */
  readonly status: number | undefined
  /** Code under the Query protocol, where it differs from the name. */
  readonly queryCode: string | undefined
}

/** Everything that one client package models. */
export class Model {
  readonly operations: OperationShapes
  readonly errors: ReadonlyMap<string, ErrorShape>

  constructor(module: Readonly<Record<string, unknown>>, numbers?: NumberKinds) {
    const reader = new SchemaReader(numbers)
    const schemas = Object.values(module).filter((value): value is readonly unknown[] => Array.isArray(value))
    this.operations = new OperationShapes(schemas.filter(isOperation), (schema) => reader.operation(schema))
    this.errors = new Map(schemas.filter(isError).map((schema) => [nameOf(schema), reader.error(schema)]))
  }
}

/** Operations by name, each read when it is first asked for: to read all of EC2's takes 50 ms and 11 MB. */
class OperationShapes {
  readonly #schemas: ReadonlyMap<string, readonly unknown[]>
  readonly #read: (schema: readonly unknown[]) => OperationShape
  readonly #known = new Map<string, OperationShape>()

  constructor(schemas: readonly (readonly unknown[])[], read: (schema: readonly unknown[]) => OperationShape) {
    this.#schemas = new Map(schemas.map((schema) => [nameOf(schema), schema]))
    this.#read = read
  }

  get size(): number {
    return this.#schemas.size
  }

  has(name: string): boolean {
    return this.#schemas.has(name)
  }

  get(name: string): OperationShape | undefined {
    const known = this.#known.get(name)
    const schema = this.#schemas.get(name)
    if (known !== undefined || schema === undefined) return known
    const shape = this.#read(schema)
    this.#known.set(name, shape)
    return shape
  }

  keys(): readonly string[] {
    return [...this.#schemas.keys()]
  }

  values(): readonly OperationShape[] {
    return this.keys().flatMap((name) => this.get(name) ?? [])
  }
}

const SIMPLE = 0
const LIST = 1
const MAP = 2
const STRUCTURE = 3
const UNION = 4
const ERROR = -3
const OPERATION = 9

const isOperation = (schema: readonly unknown[]): boolean => schema[0] === OPERATION
const isError = (schema: readonly unknown[]): boolean => schema[0] === ERROR
const nameOf = (schema: readonly unknown[]): string => schema[2] as string

/** A simple schema's number with this bit is a list of the rest, with the next one a map to it. */
const LIST_OF = 0b0100_0000
const MAP_OF = 0b1000_0000

const TRAIT_BITS = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
]

const readTraits = (traits: unknown): Record<string, unknown> => {
  if (typeof traits === 'object' && traits !== null) return traits as Record<string, unknown>
  const bits = Number(traits)
  return Object.fromEntries(TRAIT_BITS.filter((_, bit) => (bits >> bit) & 1).map((name) => [name, 1]))
}

const dereference = (schema: unknown): unknown =>
  typeof schema === 'function' ? dereference((schema as () => unknown)()) : schema

const EMPTY: StructureShape = { kind: 'structure', name: 'Unit', union: false, members: [] }

/** Whether an operation has no output at all, rather than one without members. */
export const isUnit = (shape: StructureShape): boolean => shape === EMPTY

class SchemaReader {
  readonly #numbers: NumberKinds | undefined
  /** Shapes read or being read, so that recursive models end. */
  readonly #known = new Map<unknown, Shape>()

  constructor(numbers: NumberKinds | undefined) {
    this.#numbers = numbers
  }

  operation(schema: readonly unknown[]): OperationShape {
    return { name: nameOf(schema), input: this.#structureOrUnit(schema[4]), output: this.#structureOrUnit(schema[5]) }
  }

  error(schema: readonly unknown[]): ErrorShape {
    const traits = readTraits(schema[3])
    const queryError = traits['awsQueryError'] as readonly [string, number] | undefined
    return {
      name: nameOf(schema),
      structure: this.#structure(schema),
      side: traits['error'] === 'server' ? 'server' : 'client',
      status: traits['httpError'] as number | undefined,
      queryCode: queryError?.[0],
    }
  }

  #structureOrUnit(reference: unknown): StructureShape {
    const schema = dereference(reference)
    if (schema === 'unit') return EMPTY
    const shape = this.#shape(schema, '')
    if (shape.kind !== 'structure') throw new Bug('an operation has an input or output that is not a structure')
    return shape
  }

  #shape(reference: unknown, place: string): Shape {
    const schema = dereference(reference)
    if (typeof schema === 'number') return this.#simple(schema, place)
    if (schema === 'unit') return EMPTY
    if (!Array.isArray(schema)) throw new Bug(`unknown schema at ${place}`)
    const known = this.#known.get(schema)
    if (known !== undefined) return known
    return this.#compound(schema, place)
  }

  #compound(schema: readonly unknown[], place: string): Shape {
    switch (schema[0]) {
      case SIMPLE:
        return this.#shape(schema[4], place)
      case LIST:
        return this.#list(schema)
      case MAP:
        return this.#map(schema)
      case STRUCTURE:
      case UNION:
      case ERROR:
        return this.#structure(schema)
      default:
        throw new Bug(`unknown schema type ${String(schema[0])} at ${place}`)
    }
  }

  #simple(type: number, place: string): Shape {
    if (type & MAP_OF) return this.#mapOf(place, 0, type & ~MAP_OF)
    if (type & LIST_OF) return this.#listOf(place, type & ~LIST_OF)
    switch (type) {
      case 0:
        return { kind: 'string' }
      case 1:
        return { kind: 'number', width: this.#numbers === undefined ? 'unknown' : (this.#numbers[place] ?? 'integer') }
      case 2:
        return { kind: 'boolean' }
      case 4:
        return { kind: 'timestamp', format: 'default' }
      case 5:
        return { kind: 'timestamp', format: 'date-time' }
      case 6:
        return { kind: 'timestamp', format: 'http-date' }
      case 7:
        return { kind: 'timestamp', format: 'epoch-seconds' }
      case 15:
        return { kind: 'document' }
      case 17:
        return { kind: 'bigInteger' }
      case 19:
        return { kind: 'bigDecimal' }
      case 21:
      case 42:
        return { kind: 'blob' }
      default:
        throw new Bug(`unknown simple schema ${type} at ${place}`)
    }
  }

  #listOf(name: string, item: unknown): ListShape {
    return { kind: 'list', name, item: this.#member('member', item, name), sparse: false }
  }

  #mapOf(name: string, key: unknown, value: unknown): MapShape {
    return {
      kind: 'map',
      name,
      key: this.#member('key', key, name),
      value: this.#member('value', value, name),
      sparse: false,
    }
  }

  #list(schema: readonly unknown[]): ListShape {
    const shape = {
      kind: 'list' as const,
      name: nameOf(schema),
      item: undefined as unknown as Member,
      sparse: isSparse(schema),
    }
    this.#known.set(schema, shape)
    shape.item = this.#member('member', schema[4], shape.name)
    return shape
  }

  #map(schema: readonly unknown[]): MapShape {
    const unread = undefined as unknown as Member
    const shape = { kind: 'map' as const, name: nameOf(schema), key: unread, value: unread, sparse: isSparse(schema) }
    this.#known.set(schema, shape)
    shape.key = this.#member('key', schema[4], shape.name)
    shape.value = this.#member('value', schema[5], shape.name)
    return shape
  }

  #structure(schema: readonly unknown[]): StructureShape {
    const members: Member[] = []
    const shape: StructureShape = { kind: 'structure', name: nameOf(schema), union: schema[0] === UNION, members }
    this.#known.set(schema, shape)
    const requiredCount = (schema[6] as number | undefined) ?? 0
    for (const [index, name] of (schema[4] as readonly string[]).entries()) {
      members.push(this.#member(name, (schema[5] as readonly unknown[])[index], shape.name, index < requiredCount))
    }
    return shape
  }

  #member(name: string, reference: unknown, owner: string, required = false): Member {
    const layers: Record<string, unknown>[] = []
    let target = dereference(reference)
    while (Array.isArray(target) && target.length === 2) {
      layers.unshift(readTraits(target[1]))
      target = dereference(target[0])
    }
    if (Array.isArray(target)) layers.unshift(readTraits(target[3]))
    return {
      name,
      shape: this.#shape(target, `${owner}.${name}`),
      required,
      traits: Object.assign({}, ...layers) as Traits,
    }
  }
}

const isSparse = (schema: readonly unknown[]): boolean => readTraits(schema[3])['sparse'] !== undefined
