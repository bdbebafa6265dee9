/**
 * From output to JSON text, by walking the shape. Compiled once per shape. Members that the model does not know are left out, and
 * resources that are `Described` are encoded once per row.
 */
import { Buffer } from 'node:buffer'
import { Bug } from '../kit/assert.ts'
import { httpDateText, isoText } from '../kit/timestamps.ts'
import { ENCODED_CACHE_CHARACTERS } from '../model/limits.ts'
import { Described } from './described.ts'
import { EncodedCache } from './encoded-cache.ts'
import { PerShape } from './per-shape.ts'
import type { ListShape, MapShape, Shape, StructureShape, TimestampFormat } from './schema.ts'

export type Encode = (value: unknown) => string

/** Encoders of one model's shapes, each compiled when it is first needed. */
export class JsonEncoders extends PerShape<string> {
  protected override compile(shape: Shape): Encode {
    switch (shape.kind) {
      case 'structure':
        return this.#structure(shape)
      case 'list':
        return this.#list(shape)
      case 'map':
        return this.#map(shape)
      case 'timestamp':
        return (value) => encodeTimestamp(value, shape.format)
      case 'blob':
        return (value) => `"${Buffer.from(value as Uint8Array).toString('base64')}"`
      case 'bigInteger':
        return String
      case 'string':
      case 'boolean':
      case 'number':
      case 'bigDecimal':
      case 'document':
        return JSON.stringify
    }
  }

  #structure(shape: StructureShape): Encode {
    const members = shape.members.map(({ name, shape: target }) => ({
      name,
      first: `{${JSON.stringify(name)}:`,
      next: `,${JSON.stringify(name)}:`,
      encode: this.of(target),
    }))
    const encodePlain = (value: unknown): string => {
      const source = value as Readonly<Record<string, unknown>>
      let text = ''
      for (const { name, first, next, encode } of members) {
        const given = source[name]
        if (given !== undefined && given !== null) text += (text === '' ? first : next) + encode(given)
      }
      return text === '' ? '{}' : `${text}}`
    }
    return rememberingRows(encodePlain)
  }

  #list({ item, sparse }: ListShape): Encode {
    const encode = this.of(item.shape)
    // Strings are told apart from absent items far faster than they are encoded one by one.
    if (item.shape.kind === 'string') {
      return rememberingRows((value) => (isComplete(value) ? JSON.stringify(value) : encodeItems(value)))
    }
    return rememberingRows(encodeItems)

    function encodeItems(value: unknown): string {
      let text = ''
      for (const element of value as readonly unknown[]) {
        if (element !== undefined && element !== null) text += (text === '' ? '' : ',') + encode(element)
        else if (sparse) text += text === '' ? 'null' : ',null'
      }
      return `[${text}]`
    }
  }

  #map({ value: valueMember, sparse }: MapShape): Encode {
    const encode = this.of(valueMember.shape)
    return (value) => {
      let text = ''
      for (const [key, element] of Object.entries(value as object)) {
        const isAbsent = element === undefined || element === null
        if (isAbsent && !sparse) continue
        text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${isAbsent ? 'null' : encode(element)}`
      }
      return `{${text}}`
    }
  }
}

const isComplete = (value: unknown): boolean =>
  (value as readonly unknown[]).every((element) => element !== undefined && element !== null)

const rememberingRows = (encodePlain: Encode): Encode => {
  let cache: EncodedCache | undefined
  return (value) => {
    if (!(value instanceof Described)) return encodePlain(value)
    cache ??= new EncodedCache(ENCODED_CACHE_CHARACTERS)
    return cache.get(value, encodePlain)
  }
}

/** AWS JSON writes moments as seconds, with milliseconds as their fraction. */
const encodeTimestamp = (value: unknown, format: TimestampFormat): string => {
  const milliseconds = (value as { getTime(): number }).getTime()
  if (Number.isNaN(milliseconds)) throw new Bug('an output has an invalid date')
  if (format === 'date-time') return `"${isoText(milliseconds)}"`
  if (format === 'http-date') return `"${httpDateText(milliseconds)}"`
  return String(milliseconds / 1000)
}
