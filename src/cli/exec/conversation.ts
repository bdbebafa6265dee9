/** The command in the container and this process, as if they were one: input, output, terminal, signals, exit code. */
import type { Clock } from '../../kit/clock.ts'
import type { ClientChannel, CommandOutput, SessionOutcome } from './client-channel.ts'
import { takeTerminal, terminalSize } from './terminal.ts'

export interface ConversationOptions {
  readonly clock: Clock
  readonly hasTerminal: boolean
  /** Whether the command gets this process's input. */
  readonly hasInput: boolean
  readonly open: (output: CommandOutput) => ClientChannel
}

/** 128 and the number of the signal. */
const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
const BROKEN_PIPE = 141
/** The session ended before the command did; as ssh has it. */
const BROKEN_OFF = 255
/** How long the other end has to end the session in order. */
const TERMINATION_MS = 2000

/** Resolves with the exit code for this process. */
export const converse = async (options: ConversationOptions): Promise<number> => {
  let exitCode: number | undefined
  const channel: ClientChannel = options.open({
    write: (stream, data) => written(stream === 'stdout' ? process.stdout : process.stderr, data),
    ready: () => void begin(channel, options),
    say: (text) => void process.stderr.write(`${text}\n`),
  })
  const end = (code: number): void => {
    exitCode ??= code
    void channel.terminate()
    options.clock.setTimer(TERMINATION_MS, () => channel.finish(''))
  }
  for (const [name, code] of Object.entries(SIGNAL_CODES)) process.on(name, () => end(code))
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('drain', () => channel.drain())
    stream.on('error', () => end(BROKEN_PIPE))
  }
  const giveBack = options.hasTerminal ? takeTerminal() : () => {}
  const outcome = await channel.outcome.finally(giveBack)
  return exitCode ?? exitCodeOf(outcome)
}

/** False if it was not written, because the last is not read yet. */
const written = (stream: NodeJS.WriteStream, data: Uint8Array): boolean => {
  if (stream.writableNeedDrain) return false
  stream.write(data)
  return true
}

const exitCodeOf = ({ exitCode, farewell }: SessionOutcome): number => {
  if (exitCode !== undefined) return exitCode
  if (farewell === '') return 0
  process.stderr.write(`longshore: ${farewell}\n`)
  return BROKEN_OFF
}

const begin = async (channel: ClientChannel, { hasTerminal, hasInput }: ConversationOptions): Promise<void> => {
  if (hasTerminal) {
    await channel.resize(terminalSize())
    process.stdout.on('resize', () => void channel.resize(terminalSize()))
  }
  if (hasInput) for await (const data of process.stdin) await channel.write(data as Buffer)
  if (!hasTerminal) await channel.endInput()
}
