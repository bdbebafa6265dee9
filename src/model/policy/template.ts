/**
 * Values of policies with variables in them: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}`, `${$}` for those
 * characters themselves. What a variable stands for is never a pattern.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import type { PolicyVersion } from './document.ts'
import type { Glob } from './glob-codes.ts'
import { codesOf, globOf, textOfGlob } from './glob.ts'
import type { ContextSource } from './types.ts'

type Piece = number | Variable

interface Variable {
  /** As written. */
  readonly name: string
  /** In lower case. */
  readonly key: string
  readonly fallback: string | undefined
}

export interface TemplateOptions {
  readonly version: PolicyVersion
  /** Whether `*` and `?` stand for other characters. */
  readonly hasWildcards: boolean
}

/** One value of a policy. */
export class Template {
  readonly #pieces: readonly Piece[]
  /** Names of the variables, as written. */
  readonly variables: readonly string[]

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
    this.variables = pieces.flatMap((piece) => (typeof piece === 'number' ? [] : [piece.name]))
  }

  /** What it always is; undefined if it has variables. */
  get constant(): Glob | undefined {
    return this.variables.length === 0 ? (this.#pieces as Glob) : undefined
  }

  /** AWS: undefined if a variable has no value, which nothing is equal to or like. A key with several values has none either. */
  glob(context: ContextSource): Glob | undefined {
    const glob: number[] = []
    for (const piece of this.#pieces) {
      if (typeof piece === 'number') glob.push(piece)
      else {
        const values = context.get(piece.key)
        const value = values?.length === 1 ? values[0] : piece.fallback
        if (value === undefined) return undefined
        for (const code of codesOf(value)) glob.push(code)
      }
    }
    return glob
  }

  text(context: ContextSource): string | undefined {
    const glob = this.glob(context)
    return glob && textOfGlob(glob)
  }
}

export const parseTemplate = (text: string, { version, hasWildcards }: TemplateOptions): Template => {
  const plain = hasWildcards ? globOf : codesOf
  const pieces: (Glob | readonly [Variable])[] = []
  let end = 0
  for (const match of version === '2012-10-17' ? text.matchAll(VARIABLE) : []) {
    const { 1: escaped = '', 2: name, 3: fallback } = match
    pieces.push(plain(text.slice(end, match.index)))
    pieces.push(name === undefined ? codesOf(escaped) : [variableNamed(name.trimEnd(), fallback)])
    end = match.index + match[0].length
  }
  return new Template([...pieces, plain(text.slice(end))].flat())
}

const variableNamed = (name: string, fallback: string | undefined): Variable => ({
  name,
  key: name.toLowerCase(),
  fallback,
})

/** Names of condition keys have a colon; anything else in braces is text. The lengths keep the search linear. */
const VARIABLE = /\$\{(?:([*?$])| {0,8}([\w./-]{1,128}:[^,'{}]{1,256})(?:, {0,8}'([^'{}]{0,256})' {0,8})?)\}/g

/** Names of the variables in a text, as written. */
export const variablesIn = (text: string): readonly string[] =>
  [...text.matchAll(VARIABLE)].flatMap(({ 2: name }) => (name === undefined ? [] : [name.trimEnd()]))

/** The text with every variable replaced by a `*`, for looking at the rest of it. */
export const withoutVariables = (text: string): string => text.replaceAll(VARIABLE, '*')
