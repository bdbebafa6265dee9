/** From parsed JSON to input, by walking the shape. Compiled once per shape; unknown members are left behind, null is absence. */
import { Buffer } from 'node:buffer'
import { dateOf, parseTimestamp } from '../kit/timestamps.ts'
import { REQUEST_DEPTH, REQUEST_LIST_ITEMS } from '../model/limits.ts'
import { MalformedInput, MissingMember, placed, requireOneMember } from './decode-error.ts'
import { fitNumber } from './fit-number.ts'
import { PerShape } from './per-shape.ts'
import type { ListShape, MapShape, NumberKind, Shape, StructureShape, TimestampFormat } from './schema.ts'

export type Decode = (value: unknown) => unknown

/** Decoders of one model's shapes, each compiled when it is first needed. */
export class JsonDecoders extends PerShape<unknown> {
  protected override compile(shape: Shape): Decode {
    switch (shape.kind) {
      case 'structure':
        return this.#structure(shape)
      case 'list':
        return this.#list(shape)
      case 'map':
        return this.#map(shape)
      case 'string':
        return decodeString
      case 'boolean':
        return decodeBoolean
      case 'number':
        return (value) => decodeNumber(value, shape.width)
      case 'timestamp':
        return (value) => decodeTimestamp(value, shape.format)
      case 'blob':
        return decodeBlob
      case 'document':
        return decodeDocument
      case 'bigInteger':
      case 'bigDecimal':
        return (value) => decodeNumber(value, 'double')
    }
  }

  #structure(shape: StructureShape): Decode {
    const members = shape.members.map((member) => ({ ...member, decode: this.of(member.shape) }))
    return (value) => {
      const source = requireObject(value)
      const result: Record<string, unknown> = {}
      for (const { name, required, decode } of members) {
        const given = source[name]
        if (given === undefined || given === null) {
          if (required) throw new MissingMember(name)
          continue
        }
        try {
          result[name] = decode(given)
        } catch (error) {
          throw placed(error, name)
        }
      }
      if (shape.union) requireOneMember(shape, result)
      return result
    }
  }

  #list({ item, sparse }: ListShape): Decode {
    const decode = this.of(item.shape)
    return (value) => {
      const source = requireList(value)
      return source.map((element, index) => {
        if (element === null && sparse) return null
        try {
          return decode(element)
        } catch (error) {
          throw placed(error, index)
        }
      })
    }
  }

  #map({ value: valueMember, sparse }: MapShape): Decode {
    const decode = this.of(valueMember.shape)
    return (value) => {
      const source = requireObject(value)
      const result: Record<string, unknown> = {}
      for (const key of Object.keys(source)) {
        const given = source[key]
        if (given === null && !sparse) continue
        try {
          assignOwn(result, key, given === null ? null : decode(given))
        } catch (error) {
          throw placed(error, key)
        }
      }
      return result
    }
  }
}

/** Sets a member whose name the client chose; `__proto__` is a name like any other. */
const assignOwn = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

const requireObject = (value: unknown): Record<string, unknown> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new MalformedInput(Array.isArray(value) ? LIST_HERE : 'Expected null')
}

const requireList = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new MalformedInput(isObject(value) ? STRUCTURE_HERE : 'Expected list or null')
  if (value.length > REQUEST_LIST_ITEMS) throw new MalformedInput(`A list has more than ${REQUEST_LIST_ITEMS} items`)
  return value
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

// AWS: the sentences of its JSON parser, e.g. https://github.com/aws/aws-cdk-cli/pull/973 for ECS.
const LIST_HERE = 'Start of list found where not expected'
const STRUCTURE_HERE = 'Start of structure or map found where not expected.'

const mismatch = (value: unknown, wanted: string): MalformedInput => {
  if (Array.isArray(value)) return new MalformedInput(LIST_HERE)
  if (isObject(value)) return new MalformedInput(STRUCTURE_HERE)
  const token =
    value === null ? 'NULL_VALUE' : `${(typeof value === 'boolean' ? String(value) : typeof value).toUpperCase()}_VALUE`
  return new MalformedInput(`${token} cannot be converted to ${wanted}`)
}

const decodeString: Decode = (value) => {
  if (typeof value !== 'string') throw mismatch(value, 'String')
  return value
}

const decodeBoolean: Decode = (value) => {
  if (typeof value !== 'boolean') throw mismatch(value, 'Boolean')
  return value
}

const WIDTH_NAME = { integer: 'Integer', long: 'Long', double: 'Double', unknown: 'Number' } as const

const decodeNumber = (value: unknown, width: NumberKind | 'unknown'): number => {
  const fitting = typeof value === 'number' ? fitNumber(value, width) : undefined
  if (fitting === undefined) throw mismatch(value, WIDTH_NAME[width])
  return fitting
}

/** Farthest moment that a Date can hold. */
const TIME_MAX_MS = 8.64e15

const decodeTimestamp = (value: unknown, format: TimestampFormat): Date => {
  const isText = format === 'date-time' || format === 'http-date'
  if (isText && typeof value !== 'string') throw mismatch(value, 'Timestamp')
  if (!isText && typeof value !== 'number') throw mismatch(value, 'milliseconds since epoch')
  const milliseconds = typeof value === 'string' ? parseTimestamp(value) : Math.round((value as number) * 1000)
  if (milliseconds === undefined || Math.abs(milliseconds) > TIME_MAX_MS) throw mismatch(value, 'Timestamp')
  return dateOf(milliseconds)
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

const decodeBlob: Decode = (value) => {
  if (typeof value !== 'string') throw mismatch(value, 'Blob')
  if (value.length % 4 !== 0 || !BASE64.test(value)) throw new MalformedInput('A blob is not valid base64')
  return new Uint8Array(Buffer.from(value, 'base64'))
}

/** Any JSON value. Its depth was limited when the body was read; here it only loses the power of `__proto__`. */
const decodeDocument: Decode = (value) => copyDocument(value, 0)

const copyDocument = (value: unknown, depth: number): unknown => {
  if (depth > REQUEST_DEPTH) throw new MalformedInput(`The input is nested more than ${REQUEST_DEPTH} levels deep`)
  if (Array.isArray(value)) return value.map((element) => copyDocument(element, depth + 1))
  if (!isObject(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value as object)) assignOwn(result, key, copyDocument(member, depth + 1))
  return result
}
