/**
 * The tree that the names of form fields draw (`Tags.member.1.Key=a`), and the walk from it to input. EC2's variant of the Query
 * protocol differs only in how it names fields, which is a parameter.
 */
import { Buffer } from 'node:buffer'
import { dateOf, parseTimestamp } from '../kit/timestamps.ts'
import { REQUEST_DEPTH, REQUEST_LIST_ITEMS } from '../model/limits.ts'
import { MalformedInput, MissingMember, placed, requireOneMember } from './decode-error.ts'
import { fitNumber } from './fit-number.ts'
import type { ListShape, MapShape, Member, NumberKind, Shape, StructureShape, TimestampFormat } from './schema.ts'

export interface FormNode {
  value: string | undefined
  readonly children: Map<string, FormNode>
}

const newNode = (): FormNode => ({ value: undefined, children: new Map() })

/** Reads `application/x-www-form-urlencoded` text. Of a field that comes twice the last one counts. */
export const parseForm = (text: string): FormNode => {
  const root = newNode()
  for (const [name, value] of new URLSearchParams(text)) {
    const steps = name.split('.', REQUEST_DEPTH + 1)
    if (steps.length > REQUEST_DEPTH)
      throw new MalformedInput(`The input is nested more than ${REQUEST_DEPTH} levels deep`)
    let node = root
    for (const step of steps) {
      const child = node.children.get(step) ?? newNode()
      node.children.set(step, child)
      node = child
    }
    node.value = value
  }
  return root
}

/** How a variant of the Query protocol names fields. */
export interface FieldNames {
  memberName(member: Member): string
  isFlat(list: Member): boolean
}

export const queryFieldNames: FieldNames = {
  memberName: ({ name, traits }) => traits.xmlName ?? name,
  isFlat: ({ traits }) => traits.xmlFlattened !== undefined,
}

/** Walks from form fields to input. */
export class FormDecoder {
  readonly #names: FieldNames

  constructor(names: FieldNames) {
    this.#names = names
  }

  structure(shape: StructureShape, node: FormNode): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const member of shape.members) {
      const child = node.children.get(this.#names.memberName(member))
      if (child === undefined) {
        if (member.required) throw new MissingMember(member.name)
        continue
      }
      try {
        result[member.name] = this.#member(member, child)
      } catch (error) {
        throw placed(error, member.name)
      }
    }
    if (shape.union) requireOneMember(shape, result)
    return result
  }

  #member(member: Member, node: FormNode): unknown {
    const { shape } = member
    switch (shape.kind) {
      case 'structure':
        return this.structure(shape, node)
      case 'list':
        return this.#list(shape, this.#names.isFlat(member) ? node : child(node, this.#names.memberName(shape.item)))
      case 'map':
        return this.#map(shape, this.#names.isFlat(member) ? node : child(node, 'entry'))
      default:
        return decodeText(shape, node.value ?? '')
    }
  }

  #list({ item }: ListShape, node: FormNode | undefined): unknown[] {
    return numbered(node).map((each, index) => {
      try {
        return this.#member(item, each)
      } catch (error) {
        throw placed(error, index)
      }
    })
  }

  #map(shape: MapShape, node: FormNode | undefined): Record<string, unknown> {
    const entries = numbered(node).map((entry) => {
      const key = child(entry, this.#names.memberName(shape.key))?.value
      const value = child(entry, this.#names.memberName(shape.value))
      if (key === undefined) throw new MissingMember(shape.key.name)
      if (value === undefined) throw new MissingMember(shape.value.name)
      return [key, this.#member(shape.value, value)] as const
    })
    return Object.fromEntries(entries)
  }
}

const child = (node: FormNode | undefined, name: string): FormNode | undefined => node?.children.get(name)

/** Children by their numbers, lowest first. AWS: gaps in the numbering do not matter. */
const numbered = (node: FormNode | undefined): FormNode[] => {
  const entries = [...(node?.children ?? [])].filter(([step]) => /^\d{1,9}$/.test(step))
  if (entries.length > REQUEST_LIST_ITEMS) throw new MalformedInput(`A list has more than ${REQUEST_LIST_ITEMS} items`)
  return entries.toSorted(([left], [right]) => Number(left) - Number(right)).map(([, each]) => each)
}

const decodeText = (shape: Shape, text: string): unknown => {
  switch (shape.kind) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw invalid(text, 'a boolean')
      return text === 'true'
    case 'number':
      return decodeNumber(text, shape.width)
    case 'bigInteger':
    case 'bigDecimal':
      return decodeNumber(text, 'double')
    case 'timestamp':
      return decodeTimestamp(text, shape.format)
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'))
    default:
      return text
  }
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/

const decodeNumber = (text: string, width: NumberKind | 'unknown'): number => {
  const fitting = NUMBER.test(text) ? fitNumber(Number(text), width) : undefined
  if (fitting === undefined) throw invalid(text, 'a number of the range that is allowed here')
  return fitting
}

const decodeTimestamp = (text: string, format: TimestampFormat): unknown => {
  const isNumber = NUMBER.test(text) && format !== 'http-date'
  const milliseconds = isNumber ? Math.round(Number(text) * 1000) : parseTimestamp(text)
  if (milliseconds === undefined || Math.abs(milliseconds) > 8.64e15) throw invalid(text, 'a timestamp')
  return dateOf(milliseconds)
}

const invalid = (text: string, wanted: string): MalformedInput =>
  new MalformedInput(`The value '${text.slice(0, 64)}' is not ${wanted}`)
