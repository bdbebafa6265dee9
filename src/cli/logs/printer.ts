/** Lines as they are shown: a short name of who wrote them, in a colour of its own, or JSON. Who reads may be slow, and may go away. */
import { isoText } from '../../kit/timestamps.ts'
import { shortTaskId } from '../find-tasks.ts'
import type { LogSource } from './sources.ts'
import type { LogLine } from './stream-reader.ts'

export interface PrinterOptions {
  readonly hasTimestamps: boolean
  readonly isJson: boolean
  readonly hasColours: boolean
}

/** Cyan, yellow, green, magenta, blue, red, and the bright ones of them. */
const COLOURS = [36, 33, 32, 35, 34, 31, 96, 93, 92, 95, 94, 91]

export class Printer {
  readonly #options: PrinterOptions
  readonly #colours = new Map<string, number>()
  #width = 0

  constructor(options: PrinterOptions) {
    this.#options = options
  }

  /** The names that stand in one column from now on. */
  expect(sources: readonly LogSource[]): void {
    this.#width = Math.max(this.#width, ...sources.map((source) => nameOf(source).length))
  }

  text({ source, timestamp, message }: LogLine): string {
    const { isJson, hasTimestamps } = this.#options
    const time = isoText(timestamp)
    if (isJson) {
      const { taskId: task, containerName: container } = source
      return `${JSON.stringify({ timestamp: time, task, container, message })}\n`
    }
    const head = this.#head(nameOf(source))
    return `${head} ${hasTimestamps ? `${time} ` : ''}${message}\n`
  }

  #head(name: string): string {
    const padded = `${name.padEnd(this.#width)} |`
    if (!this.#options.hasColours) return padded
    const colour = this.#colours.get(name) ?? COLOURS[this.#colours.size % COLOURS.length] ?? 0
    this.#colours.set(name, colour)
    return `\u001B[${colour}m${padded}\u001B[0m`
  }
}

const nameOf = ({ taskId, containerName }: LogSource): string => `${shortTaskId(taskId)}/${containerName}`
