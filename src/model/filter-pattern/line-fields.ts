/** The fields of a line: words, and what stands between quotation marks or square brackets. */

export interface LineField {
  readonly value: string
  /** Where it begins in the line, with its quotation mark or bracket. */
  readonly start: number
}

const FIELD = /\S+/g

export const fieldsOf = (line: string): readonly LineField[] => {
  const fields: LineField[] = []
  const closings: Readonly<Record<string, Closing>> = { '"': new Closing(line, '"'), '[': new Closing(line, ']') }
  FIELD.lastIndex = 0
  for (let match = FIELD.exec(line); match !== null; match = FIELD.exec(line)) {
    const start = match.index
    const end = closings[line[start]!]?.after(start)
    if (end === undefined) fields.push({ value: match[0], start })
    else {
      fields.push({ value: line.slice(start + 1, end), start })
      FIELD.lastIndex = end + 1
    }
  }
  return fields
}

/** Finds closing marks from left to right, and looks at no part of the line twice. */
class Closing {
  readonly #line: string
  readonly #mark: string
  #found = -1

  constructor(line: string, mark: string) {
    this.#line = line
    this.#mark = mark
  }

  /** Where the field that begins here is closed. A mark with more behind it closes none: the field is a word that only begins like one. */
  after(start: number): number | undefined {
    if (this.#found <= start) this.#found = this.#indexBehind(start)
    const behind = this.#line[this.#found + 1]
    return this.#found < this.#line.length && (behind === undefined || /\s/.test(behind)) ? this.#found : undefined
  }

  /** Behind the line if there is none. */
  #indexBehind(start: number): number {
    const found = this.#line.indexOf(this.#mark, start + 1)
    return found === -1 ? this.#line.length : found
  }
}
