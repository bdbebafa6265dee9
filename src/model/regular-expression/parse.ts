/**
 * Reads regular expressions as RE2 has them: everything of the usual syntax but references back and looks around, which no one can
 * match in time proportional to the text.
 */
import {
  ANY,
  ANY_BUT_LINE_BREAK,
  type CharacterSet,
  characterSet,
  complement,
  DIGITS,
  inAnyCase,
  rangesOf,
  SPACE,
  WORD,
} from './character-set.ts'
import { type Expression, type Place, UnsupportedExpression } from './syntax.ts'

export interface Parsed {
  readonly expression: Expression
  /** By group, from 1; groups without a name are undefined. */
  readonly groupNames: readonly (string | undefined)[]
}

export const parseExpression = (text: string): Parsed => new Parser(text).parse()

const LARGEST_REPEAT = 1000
const DEEPEST_GROUP = 100
const SETS: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', DIGITS],
  ['D', complement(DIGITS)],
  ['s', SPACE],
  ['S', complement(SPACE)],
  ['w', WORD],
  ['W', complement(WORD)],
])
const PLACES: ReadonlyMap<string, Place> = new Map([
  ['A', 'start'],
  ['z', 'end'],
  ['Z', 'end'],
  ['b', 'word-boundary'],
  ['B', 'no-word-boundary'],
])
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
  ['a', 0x07],
  ['e', 0x1b],
])
const HEX = /x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})|u([0-9A-Fa-f]{4})/y
const COUNTS = /\{(\d*)(,?)(\d*)\}/y
const GROUP = /\?(?:P?<([A-Za-z_][A-Za-z0-9_]*)>|([imsU]*)(?:-([imsU]+))?([:)]))/y

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
  readonly U: boolean
}

class Parser {
  readonly #text: string
  readonly #groupNames: (string | undefined)[] = []
  #at = 0
  #depth = 0
  #flags: Flags = { i: false, m: false, s: false, U: false }

  constructor(text: string) {
    this.#text = text
  }

  parse(): Parsed {
    const expression = this.#choice()
    if (this.#at < this.#text.length) throw this.#problem('an unmatched )')
    return { expression, groupNames: this.#groupNames }
  }

  #choice(): Expression {
    const branches = [this.#sequence()]
    while (this.#take('|')) branches.push(this.#sequence())
    return branches.length === 1 ? branches[0]! : { type: 'choice', branches }
  }

  #sequence(): Expression {
    const items: Expression[] = []
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) {
      const item = this.#atom()
      if (item !== undefined) items.push(this.#repeated(item))
    }
    return items.length === 1 ? items[0]! : { type: 'sequence', items }
  }

  #repeated(item: Expression): Expression {
    const counts = this.#counts()
    if (counts === undefined) return item
    const lazy = this.#take('?') !== this.#flags.U
    if (this.#take('+') || this.#counts() !== undefined) throw this.#problem('a repetition of a repetition')
    return { type: 'repeat', item, ...counts, lazy }
  }

  #counts(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity }
    if (this.#take('+')) return { min: 1, max: Infinity }
    if (this.#take('?')) return { min: 0, max: 1 }
    const [all, least = '', comma = '', most = ''] = this.#match(COUNTS) ?? []
    // A brace that is no count means itself.
    if (all === undefined || (least === '' && most === '')) return undefined
    this.#at += all.length
    const min = Number(least)
    const max = most !== '' ? Number(most) : comma === '' ? min : Infinity
    if (min > LARGEST_REPEAT || (max > LARGEST_REPEAT && max !== Infinity) || max < min)
      throw this.#problem('a repetition out of range')
    return { min, max }
  }

  /** One item of a sequence; nothing for flags, which are none. */
  #atom(): Expression | undefined {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
    this.#at += character.length
    if (character === '(') return this.#group()
    if (character === '[') return this.#set(this.#class())
    if (character === '.') return { type: 'character', set: this.#flags.s ? ANY : ANY_BUT_LINE_BREAK }
    if (character === '^') return { type: 'assertion', at: this.#flags.m ? 'line-start' : 'start' }
    if (character === '$') return { type: 'assertion', at: this.#flags.m ? 'line-end' : 'end' }
    if ('*+?'.includes(character)) throw this.#problem('nothing to repeat')
    if (character === '\\') return this.#escaped()
    return this.#set(one(character.codePointAt(0)!))
  }

  #group(): Expression | undefined {
    if (++this.#depth > DEEPEST_GROUP) throw this.#problem('groups nested too deeply')
    const outer = this.#flags
    const [all, name, on, off, end] = this.#match(GROUP) ?? []
    if (all === undefined && this.#text[this.#at] === '?') throw this.#problem('a look around, which is not supported')
    this.#at += all?.length ?? 0
    if (end !== undefined) this.#flags = { ...this.#flags, ...flagsOf(on ?? '', true), ...flagsOf(off ?? '', false) }
    if (end === ')') {
      this.#depth--
      return undefined
    }
    const index = end === undefined ? this.#groupNames.push(name) : 0
    const item = this.#choice()
    if (!this.#take(')')) throw this.#problem('an unmatched (')
    this.#flags = outer
    this.#depth--
    return index === 0 ? item : { type: 'group', index, item }
  }

  #escaped(): Expression {
    const place = PLACES.get(this.#text[this.#at] ?? '')
    if (place === undefined) return this.#set(this.#escapedSet())
    this.#at++
    return { type: 'assertion', at: place }
  }

  /** Behind a backslash, also in brackets. */
  #escapedSet(): CharacterSet {
    const hex = this.#match(HEX)
    if (hex !== null) {
      this.#at += hex[0].length
      return one(Math.min(Number.parseInt(hex[1] ?? hex[2] ?? hex[3]!, 16), 0x10ffff))
    }
    const character = this.#text[this.#at]
    if (character === undefined) throw this.#problem('a backslash at the end')
    this.#at++
    const set = SETS.get(character)
    if (set !== undefined) return set
    const control = CONTROLS.get(character)
    if (control !== undefined) return one(control)
    if (/[A-Za-z0-9]/.test(character)) throw this.#problem(`\\${character}, which is not supported`)
    return one(character.codePointAt(0)!)
  }

  #class(): CharacterSet {
    const isNegated = this.#take('^')
    const ranges: [number, number][] = []
    do ranges.push(...this.#classItem())
    while (!this.#take(']'))
    const set = characterSet(ranges)
    return isNegated ? complement(this.#flags.i ? inAnyCase(set) : set) : set
  }

  #classItem(): [number, number][] {
    const first = this.#classCharacter()
    const [from, to] = first
    const isRange = this.#text[this.#at] === '-' && !['', ']'].includes(this.#text[this.#at + 1] ?? '')
    if (!isRange || first.length > 2 || from !== to) return rangesOf(first)
    this.#at++
    const last = this.#classCharacter()
    if (last.length > 2 || last[0] !== last[1] || last[0]! < from!) throw this.#problem('a range out of order')
    return [[from!, last[0]!]]
  }

  #classCharacter(): CharacterSet {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) throw this.#problem('an unmatched [')
    if (this.#text.startsWith('[:', this.#at)) throw this.#problem('[:, which is not supported')
    this.#at += code > 0xffff ? 2 : 1
    return code === BACKSLASH ? this.#escapedSet() : one(code)
  }

  #set(set: CharacterSet): Expression {
    return { type: 'character', set: this.#flags.i ? inAnyCase(set) : set }
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at
    return sticky.exec(this.#text)
  }

  #problem(what: string): UnsupportedExpression {
    return new UnsupportedExpression(`The regular expression has ${what}.`, Math.min(this.#at, this.#text.length))
  }
}

const BACKSLASH = 92

const one = (code: number): CharacterSet => [code, code]

const flagsOf = (letters: string, value: boolean): Partial<Flags> =>
  Object.fromEntries(Array.from(letters, (letter) => [letter, value]))
