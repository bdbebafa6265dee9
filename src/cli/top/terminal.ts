/**
 * The whole terminal for as long as something lives in it: an alternate screen without a cursor, keys as they are pressed. However the
 * process ends, the terminal is as it was.
 */
import type { ReadStream, WriteStream } from 'node:tty'

const BEGIN = '\u001b[?1049h\u001b[?25l'
const END = '\u001b[?25h\u001b[?1049l'
/** Terminals that know it show a new picture at once; others do not mind. */
const BEGIN_PICTURE = '\u001b[?2026h\u001b[H'
const END_PICTURE = '\u001b[J\u001b[?2026l'
const END_LINE = '\u001b[K'

export type Key = 'left' | 'right' | 'up' | 'down' | 'page up' | 'page down' | 'home' | 'end' | (string & {})

const SEQUENCES: Readonly<Record<string, Key>> = {
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[C': 'right',
  '\u001b[D': 'left',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001bOC': 'right',
  '\u001bOD': 'left',
  '\u001b[5~': 'page up',
  '\u001b[6~': 'page down',
  '\u001b[H': 'home',
  '\u001b[F': 'end',
}

const ESCAPE = '\u001b'
/** A sequence of its own, or a character. */
const KEY = new RegExp(String.raw`${ESCAPE}(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|.`, 'gsu')

/** The keys of what was typed: several may come at once. */
export const keysOf = (typed: string): Key[] => {
  return (typed.match(KEY) ?? []).map((text) => SEQUENCES[text] ?? text)
}

export interface TerminalListener {
  readonly pressed: (key: Key) => void
  readonly resized: () => void
}

export class Terminal {
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #end = (): void => this.close()
  #isOpen = false

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input
    this.#output = output
  }

  get columns(): number {
    return this.#output.columns
  }

  get rows(): number {
    return this.#output.rows
  }

  open({ pressed, resized }: TerminalListener): void {
    this.#isOpen = true
    process.on('exit', this.#end)
    this.#output.write(BEGIN)
    this.#output.on('resize', resized)
    if (!this.#input.isTTY) return
    this.#input.setRawMode(true)
    this.#input.setEncoding('utf8')
    this.#input.on('data', (typed: string) => keysOf(typed).forEach(pressed))
  }

  /** Instead of what was there. */
  show(lines: readonly string[]): void {
    if (!this.#isOpen) return
    const shown = lines.slice(0, this.rows).map((line) => line + END_LINE)
    this.#output.write(BEGIN_PICTURE + shown.join('\r\n') + END_PICTURE)
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    process.off('exit', this.#end)
    if (this.#input.isTTY) {
      this.#input.setRawMode(false)
      this.#input.pause()
    }
    this.#output.write(END)
  }
}
