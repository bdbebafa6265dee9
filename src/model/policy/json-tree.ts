/**
 * Reads JSON strictly and remembers where each value stands: `JSON.parse` takes the last of several members with one name, which would
 * let a policy say one thing to its reader and another to us.
 */
import { POLICY_JSON_DEPTH } from '../limits.ts'
import type { Position } from './document.ts'

export type JsonNode = JsonObject | JsonList | JsonScalar

interface Placed {
  readonly start: number
  /** Behind the last character. */
  readonly end: number
}

export interface JsonObject extends Placed {
  readonly type: 'object'
  readonly members: ReadonlyMap<string, JsonNode>
}

export interface JsonList extends Placed {
  readonly type: 'list'
  readonly items: readonly JsonNode[]
}

export interface JsonScalar extends Placed {
  readonly type: 'scalar'
  readonly value: string | number | boolean | null
}

/** The text is not JSON, or has two members of one name in an object, or is nested too deeply. */
export class NotJson extends Error {
  override readonly name = 'NotJson'
}

export const parseJsonTree = (text: string): JsonNode => new Reader(text).document()

/** Offsets at which the lines of a text begin. */
export const lineStartsOf = (text: string): readonly number[] => [
  0,
  ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1),
]

export const positionAt = (lineStarts: readonly number[], offset: number): Position => {
  let [line, behind] = [0, lineStarts.length]
  while (behind - line > 1) {
    const middle = (line + behind) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) line = middle
    else behind = middle
  }
  return { line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 }
}

/** Strings are looked at more closely by `JSON.parse`. */
const SCALAR = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const SPACE = /[ \t\n\r]*/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonNode {
    const node = this.#value(0)
    this.#skipSpace()
    if (this.#at < this.#text.length) throw new NotJson('text behind the value')
    return node
  }

  #value(depth: number): JsonNode {
    if (depth > POLICY_JSON_DEPTH) throw new NotJson('nested too deeply')
    this.#skipSpace()
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(depth)
    return next === '[' ? this.#list(depth) : this.#scalar()
  }

  #object(depth: number): JsonObject {
    const start = this.#at
    const members = new Map<string, JsonNode>()
    this.#items('}', () => {
      const name = this.#scalar().value
      if (typeof name !== 'string' || members.has(name)) throw new NotJson('a name that is repeated or no string')
      this.#expect(':')
      members.set(name, this.#value(depth + 1))
    })
    return { type: 'object', members, start, end: this.#at }
  }

  #list(depth: number): JsonList {
    const start = this.#at
    const items: JsonNode[] = []
    this.#items(']', () => items.push(this.#value(depth + 1)))
    return { type: 'list', items, start, end: this.#at }
  }

  /** What stands between brackets, with commas between. */
  #items(close: string, item: () => void): void {
    this.#at++
    if (this.#take(close)) return
    do item()
    while (this.#take(','))
    this.#expect(close)
  }

  #scalar(): JsonScalar {
    this.#skipSpace()
    const start = this.#at
    SCALAR.lastIndex = start
    const token = SCALAR.exec(this.#text)?.[0]
    if (token === undefined) throw new NotJson(`no value at ${start}`)
    this.#at += token.length
    return { type: 'scalar', value: scalarOf(token), start, end: this.#at }
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw new NotJson(`no ${character} at ${this.#at}`)
  }

  #take(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at
    SPACE.exec(this.#text)
    this.#at = SPACE.lastIndex
  }
}

const scalarOf = (token: string): JsonScalar['value'] => {
  try {
    return JSON.parse(token) as JsonScalar['value']
  } catch (error) {
    throw new NotJson('a malformed string', { cause: error })
  }
}
