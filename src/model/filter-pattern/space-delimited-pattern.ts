/** Patterns for lines of fields between spaces: `[ip, user, ..., status = 4* && status != 403, bytes > 1000]`. */
import { readComparison } from './comparison.ts'
import { type Condition, readCondition } from './condition.ts'
import { fieldsOf, type LineField } from './line-fields.ts'
import type { PatternBody } from './pattern-body.ts'
import { PatternReader } from './pattern-reader.ts'

interface Field {
  readonly name?: string
  readonly condition?: Condition<string>
}

interface Fields {
  /** Before the ellipsis, or all. */
  readonly first: readonly Field[]
  /** Behind the ellipsis, if there is one. */
  readonly last: readonly Field[] | undefined
}

/** A value, the field of the pattern that it belongs to, and its place in the line, from 1. */
interface Aligned {
  readonly field: Field | undefined
  readonly value: string
  readonly place: number
}

const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y
const REFERENCE = /^\$(?:([1-9]\d*)|([A-Za-z_][A-Za-z0-9_-]*))$/

export const readSpaceDelimitedPattern = (reader: PatternReader): PatternBody => {
  const fields = readFields(reader)
  const all = [...fields.first, ...(fields.last ?? [])]
  const isMet = ({ field, value }: Aligned) => field?.condition?.holds(value) ?? true
  return {
    matches: (line) => alignedIn(line, fields)?.every(isMet) ?? false,
    extracted: (line) =>
      new Map((alignedIn(line, fields) ?? []).map(({ field, value, place }) => [`$${field?.name ?? place}`, value])),
    extractor: (reference) => valueReader(reference, fields),
    literals: all.flatMap(({ condition }) => condition?.literals ?? []),
  }
}

const valueReader = (reference: string, fields: Fields): ((line: string) => string | undefined) => {
  const [, place, name] = REFERENCE.exec(reference) ?? []
  const isKnown = [...fields.first, ...(fields.last ?? [])].some((field) => field.name === name)
  if (place === undefined && (name === undefined || !isKnown))
    throw new PatternReader(reference).problem(`"${reference}" refers to no field of the filter pattern.`)
  return (line) =>
    alignedIn(line, fields)?.find((one) =>
      place === undefined ? one.field?.name === name : one.place === Number(place),
    )?.value
}

const readFields = (reader: PatternReader): Fields => {
  reader.expect('[')
  const first: Field[] = []
  let last: Field[] | undefined
  do {
    if (!reader.takeText('...')) (last ?? first).push(readField(reader))
    else if (last === undefined) last = []
    else throw reader.problem('The pattern has more than one ellipsis.')
  } while (reader.takeText(','))
  reader.expect(']')
  return { first, last }
}

const readField = (reader: PatternReader): Field => {
  reader.skipSpace()
  if (reader.next === ',' || reader.next === ']') return {}
  const start = reader.at
  const opening = reader.take(/[\s(]*/y)
  const name = reader.take(NAME)
  if (name === undefined) throw reader.problem('Expected the name of a field.')
  reader.skipSpace()
  if (opening === '' && (reader.next === ',' || reader.next === ']')) return { name }
  reader.at = start
  return { name, condition: readCondition(reader, () => readTest(reader, name)) }
}

const readTest = (reader: PatternReader, field: string): Condition<string> => {
  reader.skipSpace()
  const start = reader.at
  if (reader.take(NAME) !== field) {
    reader.at = start
    throw reader.problem(`Expected a condition on the field "${field}".`)
  }
  return readComparison(reader)
}

/** Which value of the line belongs to which field; undefined if the line has too few. */
const alignedIn = (line: string, { first, last }: Fields): readonly Aligned[] | undefined => {
  const found = fieldsOf(line)
  if (found.length < first.length + (last?.length ?? 0)) return undefined
  if (last === undefined) return first.map((field, index) => aligned(field, valueAt(line, found, first, index), index))
  const behind = found.length - last.length
  return found.map(({ value }, index) =>
    aligned(index < first.length ? first[index] : index < behind ? undefined : last[index - behind], value, index),
  )
}

const aligned = (field: Field | undefined, value: string, index: number): Aligned => ({
  field,
  value,
  place: index + 1,
})

/** AWS: the last field of a pattern without ellipsis takes the rest of the line. */
const valueAt = (line: string, found: readonly LineField[], fields: readonly Field[], index: number): string => {
  const { start, value } = found[index]!
  const isRest = index === fields.length - 1 && found.length > fields.length
  return isRest ? line.slice(start).trimEnd() : value
}
