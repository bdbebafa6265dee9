/**
 * A program in a simulated container. There are a few, which do what their namesakes do: `echo`, `cat`, `sleep`, `true`, `false`, `stty size`,
 * and `sh`, which runs those line by line. With a terminal, input is echoed and Ctrl-C, Ctrl-D mean what they mean.
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { ExecOutput, ExecRequest, RunningExec, TerminalSize } from '../runtime.ts'

const INTERRUPTED = 130
const NOT_FOUND = 127
const KILLED = 137
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const PROMPT = '# '

export class SimulatedExec implements RunningExec {
  readonly output: AsyncIterable<ExecOutput>
  readonly #clock: Clock
  readonly #hasTerminal: boolean
  readonly #onEnd: (exec: SimulatedExec) => void
  readonly #written: ExecOutput[] = []
  #wake: () => void = () => {}
  #size: TerminalSize | undefined
  /** Who takes the lines of the input; undefined while nobody does. */
  #reader: 'sh' | 'cat' | undefined
  #isShell = false
  #line = ''
  #sleeping: Timer | undefined
  #exitCode: number | undefined

  constructor(request: ExecRequest, clock: Clock, onEnd: (exec: SimulatedExec) => void) {
    this.#clock = clock
    this.#onEnd = onEnd
    this.#size = request.terminal
    this.#hasTerminal = request.terminal !== undefined
    this.output = this.#read()
    this.#run(request.command)
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.#exitCode !== undefined) return
    for (const character of Buffer.from(data).toString('utf8')) this.#take(character)
  }

  endInput(): void {
    if (this.#line !== '') this.#takeLine()
    this.#inputEnded()
  }

  async resize(size: TerminalSize): Promise<void> {
    this.#size = size
  }

  async kill(): Promise<void> {
    this.end(KILLED)
  }

  async exitCode(): Promise<number | undefined> {
    return this.#exitCode
  }

  get isRunning(): boolean {
    return this.#exitCode === undefined
  }

  /** The program ends, by itself or with its container. */
  end(exitCode: number): void {
    if (this.#exitCode !== undefined) return
    this.#sleeping?.cancel()
    this.#exitCode = exitCode
    this.#wake()
    this.#onEnd(this)
  }

  async *#read(): AsyncIterable<ExecOutput> {
    for (;;) {
      yield* this.#written.splice(0)
      if (this.#written.length > 0) continue
      if (this.#exitCode !== undefined) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #print(text: string, stream: ExecOutput['stream'] = 'stdout'): void {
    const shown = this.#hasTerminal ? text.replaceAll('\n', '\r\n') : text
    this.#written.push({ stream: this.#hasTerminal ? 'stdout' : stream, data: Buffer.from(shown) })
    this.#wake()
  }

  #take(character: string): void {
    if (this.#hasTerminal && character === CTRL_C) return this.#interrupt()
    if (this.#hasTerminal && character === CTRL_D) return this.#line === '' ? this.#inputEnded() : undefined
    const isEnd = character === '\n' || (this.#hasTerminal && character === '\r')
    if (this.#hasTerminal) this.#print(isEnd ? '\n' : character)
    if (isEnd) this.#takeLine()
    else this.#line += character
  }

  #takeLine(): void {
    const line = this.#line
    this.#line = ''
    if (this.#reader === 'cat') this.#print(`${line}\n`)
    else if (this.#reader === 'sh') this.#run(line.trim().split(/\s+/))
  }

  #inputEnded(): void {
    if (this.#reader !== undefined) this.#finished(0)
  }

  #interrupt(): void {
    this.#line = ''
    this.#print('^C\n')
    if (this.#reader === 'sh') return this.#prompt()
    this.#sleeping?.cancel()
    this.#finished(INTERRUPTED)
  }

  #run([program = '', ...parameters]: readonly string[]): void {
    this.#reader = undefined
    switch (program.split('/').at(-1)) {
      case 'sh':
        return this.#shell(parameters)
      case 'cat':
        this.#reader = 'cat'
        return
      case 'sleep':
        this.#sleeping = this.#clock.setTimer(Number(parameters[0] ?? 0) * 1000, () => this.#finished(0))
        return
      case 'exit':
        return this.end(Number(parameters[0] ?? 0))
      default:
        return this.#finished(this.#short(program, parameters))
    }
  }

  /** A program that is over at once, with its exit code. */
  #short(program: string, parameters: readonly string[]): number {
    switch (program.split('/').at(-1)) {
      case '':
      case 'true':
        return 0
      case 'false':
        return 1
      case 'echo':
        this.#print(`${parameters.join(' ')}\n`)
        return 0
      case 'stty':
        this.#print(this.#size === undefined ? 'stty: no terminal\n' : `${this.#size.rows} ${this.#size.columns}\n`)
        return 0
      default:
        this.#print(`${program}: not found\n`, 'stderr')
        return NOT_FOUND
    }
  }

  #shell([option, script]: readonly string[]): void {
    if (option === '-c') return this.#run((script ?? '').trim().split(/\s+/))
    this.#isShell = true
    this.#prompt()
  }

  /** A program of the shell's gives the input back to it; the shell's own end is the end. */
  #finished(exitCode: number): void {
    if (this.#isShell && this.#reader !== 'sh') this.#prompt()
    else this.end(exitCode)
  }

  #prompt(): void {
    this.#reader = 'sh'
    if (this.#hasTerminal) this.#print(PROMPT)
  }
}
