/** From output to XML elements, by walking the shape: what the Query, EC2 and REST-XML protocols have in common. */
import { Buffer } from 'node:buffer'
import { Bug } from '../kit/assert.ts'
import { httpDateText, isoText } from '../kit/timestamps.ts'
import { ENCODED_CACHE_CHARACTERS } from '../model/limits.ts'
import { Described } from './described.ts'
import { EncodedCache } from './encoded-cache.ts'
import type { ListShape, MapShape, Member, Shape, StructureShape, TimestampFormat } from './schema.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
  '\n': '&#xA;',
  '\u0085': '&#x85;',
  '\u2028': '&#x2028;',
}

/** XML 1.0 cannot carry most control characters in any form; they become the replacement character. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

export const escapeXml = (text: string): string =>
  text
    .replaceAll(NOT_XML, '\ufffd')
    .replaceAll(/[&<>"\r\n\u0085\u2028]/g, (character) => ESCAPES[character] ?? character)

export const element = (name: string, content: string): string => `<${name}>${content}</${name}>`

/** Writes shapes of one model. */
export class XmlEncoder {
  readonly #rows = new Map<StructureShape, EncodedCache>()

  /** The members of a structure as elements, without an element around them. */
  content(shape: StructureShape, value: unknown): string {
    if (value instanceof Described) return this.#cacheOf(shape).get(value, (plain) => this.#members(shape, plain))
    return this.#members(shape, value)
  }

  #members(shape: StructureShape, value: unknown): string {
    const source = value as Readonly<Record<string, unknown>>
    let text = ''
    for (const member of shape.members) {
      const given = source[member.name]
      if (given !== undefined && given !== null) text += this.#member(member, given)
    }
    return text
  }

  #member(member: Member, value: unknown): string {
    const { shape, traits } = member
    const name = traits.xmlName ?? member.name
    const isFlat = traits.xmlFlattened !== undefined
    if (shape.kind === 'list')
      return isFlat ? this.#items(shape, name, value) : element(name, this.#items(shape, itemName(shape), value))
    if (shape.kind === 'map')
      return isFlat ? this.#entries(shape, name, value) : element(name, this.#entries(shape, 'entry', value))
    return element(name, this.#inner(shape, value))
  }

  #inner(shape: Shape, value: unknown): string {
    switch (shape.kind) {
      case 'structure':
        return this.content(shape, value)
      case 'list':
        return this.#items(shape, itemName(shape), value)
      case 'map':
        return this.#entries(shape, 'entry', value)
      case 'timestamp':
        return encodeTimestamp(value, shape.format)
      case 'blob':
        return Buffer.from(value as Uint8Array).toString('base64')
      default:
        return escapeXml(String(value))
    }
  }

  #items({ item }: ListShape, name: string, value: unknown): string {
    let text = ''
    for (const each of value as readonly unknown[]) text += element(name, this.#inner(item.shape, each))
    return text
  }

  #entries(shape: MapShape, name: string, value: unknown): string {
    const keyName = shape.key.traits.xmlName ?? 'key'
    const valueName = shape.value.traits.xmlName ?? 'value'
    let text = ''
    for (const [key, each] of Object.entries(value as object)) {
      if (each === undefined || each === null) continue
      text += element(name, element(keyName, escapeXml(key)) + element(valueName, this.#inner(shape.value.shape, each)))
    }
    return text
  }

  #cacheOf(shape: StructureShape): EncodedCache {
    const known = this.#rows.get(shape)
    if (known !== undefined) return known
    const cache = new EncodedCache(ENCODED_CACHE_CHARACTERS)
    this.#rows.set(shape, cache)
    return cache
  }
}

const itemName = ({ item }: ListShape): string => item.traits.xmlName ?? 'member'

const encodeTimestamp = (value: unknown, format: TimestampFormat): string => {
  const milliseconds = (value as { getTime(): number }).getTime()
  if (Number.isNaN(milliseconds)) throw new Bug('an output has an invalid date')
  if (format === 'epoch-seconds') return String(milliseconds / 1000)
  return format === 'http-date' ? httpDateText(milliseconds) : isoText(milliseconds)
}
