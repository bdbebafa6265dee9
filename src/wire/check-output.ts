/**
 * Checks an output, or a fault's members, against its shape before it is encoded: no member that the model does not know, no wrong
 * type, no required member absent. Codecs do this in tests, so that no answer can leave in a shape that clients do not know.
 */
import { Bug } from '../kit/assert.ts'
import { Described } from './described.ts'
import type { Shape, StructureShape } from './schema.ts'

/** Throws a `Bug` that names the place. */
export const checkOutput = (shape: Shape, value: unknown, place: string): void => {
  const plain = value instanceof Described ? (value.value() as unknown) : value
  switch (shape.kind) {
    case 'structure':
      return checkStructure(shape, plain, place)
    case 'list':
      if (!Array.isArray(plain)) throw wrong(place, 'a list', plain)
      for (const [index, element] of plain.entries()) {
        if (element !== null || !shape.sparse) checkOutput(shape.item.shape, element, `${place}[${index}]`)
      }
      return
    case 'map':
      if (!isPlainObject(plain)) throw wrong(place, 'a map', plain)
      for (const [key, element] of Object.entries(plain)) {
        if (element !== null || !shape.sparse) checkOutput(shape.value.shape, element, `${place}.${key}`)
      }
      return
    default:
      if (!isScalar(shape, plain)) throw wrong(place, `a ${shape.kind}`, plain)
  }
}

const checkStructure = (shape: StructureShape, value: unknown, place: string): void => {
  if (!isPlainObject(value)) throw wrong(place, shape.name, value)
  const members = new Map(shape.members.map((member) => [member.name, member]))
  for (const [name, given] of Object.entries(value)) {
    const member = members.get(name)
    if (member === undefined) throw new Bug(`${place} has a member ${name}, which ${shape.name} does not have`)
    if (given !== undefined && given !== null) checkOutput(member.shape, given, `${place}.${name}`)
  }
  for (const { name, required } of shape.members) {
    if (required && (value[name] === undefined || value[name] === null))
      throw new Bug(`${place} lacks the required member ${name}`)
  }
}

const isScalar = (shape: Shape, value: unknown): boolean => {
  switch (shape.kind) {
    case 'string':
    case 'boolean':
      return typeof value === shape.kind
    case 'number':
    case 'bigDecimal':
      return typeof value === 'number' && Number.isFinite(value)
    case 'bigInteger':
      return typeof value === 'bigint' || Number.isInteger(value)
    case 'timestamp':
      return isDate(value) && !Number.isNaN(value.getTime())
    case 'blob':
      return value instanceof Uint8Array
    default:
      return value !== undefined
  }
}

const isDate = (value: unknown): value is { getTime(): number } =>
  Object.prototype.toString.call(value) === '[object Date]'

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isDate(value)

const wrong = (place: string, wanted: string, value: unknown): Bug => {
  const found =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : isDate(value) ? 'a date' : `a ${typeof value}`
  return new Bug(`${place} should be ${wanted} but is ${found}`)
}
