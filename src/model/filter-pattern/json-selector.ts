/** Selectors of values in JSON: `$.users[0].email`, `$.list[*]`, `$.['cluster.name']`, `$.*`. */
import type { PatternReader } from './pattern-reader.ts'

export interface JsonSelector {
  /** As it was written. */
  readonly text: string
  /** The values there are, of which a selector with a wildcard may have several. */
  readonly select: (root: unknown) => readonly unknown[]
  /** Names that must be in the JSON for there to be a value. */
  readonly names: readonly string[]
}

/** A name, an index, or any of both. */
type Step = string | number | typeof WILDCARD

const WILDCARD = Symbol('*')
/** AWS: names with other characters are written in brackets. */
const NAME = /[A-Za-z0-9_-]+/y
const INDEX = /\d{1,9}/y

export const readSelector = (reader: PatternReader): JsonSelector => {
  const start = reader.at
  if (reader.take(/\$/y) === undefined) throw reader.problem('Expected a property selector, which begins with "$".')
  const steps: Step[] = []
  for (let step = readStep(reader); step !== undefined; step = readStep(reader)) steps.push(step)
  if (steps.length === 0) throw reader.problem('Expected the name of a property behind "$.".')
  if (steps.filter((step) => step === WILDCARD).length > 1)
    throw reader.problem('A property selector has one wildcard at most.')
  return {
    text: reader.text.slice(start, reader.at),
    select: (root) =>
      steps.reduce<readonly unknown[]>((values, step) => values.flatMap((value) => at(value, step)), [root]),
    names: steps.filter((step) => typeof step === 'string'),
  }
}

const readStep = (reader: PatternReader): Step | undefined => {
  const isProperty = reader.take(/\./y) !== undefined
  if (reader.take(/\[/y) !== undefined) return readBrackets(reader)
  if (!isProperty) return undefined
  if (reader.take(/\*/y) !== undefined) return WILDCARD
  const name = reader.take(NAME)
  if (name === undefined) throw reader.problem('Expected the name of a property behind ".".')
  return name
}

const readBrackets = (reader: PatternReader): Step => {
  reader.skipSpace()
  const isName = reader.next === '"' || reader.next === "'"
  const step = isName ? reader.quoted() : reader.take(/\*/y) === undefined ? readIndex(reader) : WILDCARD
  reader.expect(']')
  return step
}

const readIndex = (reader: PatternReader): number => {
  const index = reader.take(INDEX)
  if (index === undefined) throw reader.problem('Expected an index, a "*" or a quoted name in the brackets.')
  return Number(index)
}

const at = (value: unknown, step: Step): readonly unknown[] => {
  if (typeof value !== 'object' || value === null) return []
  if (step === WILDCARD) return Object.values(value)
  if (Array.isArray(value) !== (typeof step === 'number')) return []
  return Object.hasOwn(value, step) ? [(value as Record<string | number, unknown>)[step]] : []
}
