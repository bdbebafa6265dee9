/**
 * Commands of the command line: options declared once, their values taken from flags over `LONGSHORE_*` variables over a JSON file over
 * defaults, help printed from the same declaration.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** The user can mend it: printed as one sentence without a stack, exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly description: string
  /** What stands behind the flag in help, e.g. `DIR`. */
  readonly valueName?: string
  readonly default?: string
  /** The only values that a string may have. */
  readonly choices?: readonly string[]
}

export type Options = Readonly<Record<string, Option>>

/** Values by option name: strings, `true`/`false` for switches, undefined where nothing was given and there is no default. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name]['type'] extends 'boolean'
    ? boolean
    : O[Name] extends { default: string }
      ? string
      : string | undefined
}

export interface Command<O extends Options = Options> {
  readonly name: string
  /** One line for the overview. */
  readonly summary: string
  /** Further paragraphs of `help NAME`. */
  readonly details?: string
  readonly options: O
  /** Resolves with the exit code. */
  readonly run: (values: Values<O>) => Promise<number>
}

/** Keeps the types of `options` exact. */
export const command = <const O extends Options>(definition: Command<O>): Command => definition as unknown as Command

const variableOf = (option: string): string => `LONGSHORE_${option.toUpperCase().replaceAll('-', '_')}`

/** The values of a command's options. Throws `UserError` for what is unknown or malformed. */
export const resolveValues = (
  definition: Command,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Values<Options> => {
  const flags = parseFlags(definition, argv)
  const file = readConfigFile(env)
  const entries = Object.entries(definition.options).map(([name, option]) => {
    const value = flags[name] ?? env[variableOf(name)] ?? file[name] ?? option.default
    return [name, convert(name, option, value)]
  })
  return Object.freeze(Object.fromEntries(entries)) as Values<Options>
}

const parseFlags = (definition: Command, argv: readonly string[]): Record<string, string | boolean | undefined> => {
  const options = Object.fromEntries(Object.entries(definition.options).map(([name, { type }]) => [name, { type }]))
  try {
    return parseArgs({ args: [...argv], options, allowNegative: true, strict: true }).values as Record<
      string,
      string | boolean
    >
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ')
    throw new UserError(`${sentence}. Run 'longshore help ${definition.name}' for its options.`, { cause: error })
  }
}

const readConfigFile = (env: NodeJS.ProcessEnv): Readonly<Record<string, unknown>> => {
  const file = env['LONGSHORE_CONFIG']
  if (file === undefined) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new UserError(`Cannot read the configuration file ${file}: ${(error as Error).message}.`, { cause: error })
  }
}

const convert = (name: string, option: Option, value: unknown): string | boolean | undefined => {
  if (option.type === 'boolean') return asSwitch(name, value)
  if (value === undefined) return undefined
  const text = String(value)
  if (option.choices !== undefined && !option.choices.includes(text)) {
    throw new UserError(`--${name} is "${text}"; it can be ${option.choices.join(' or ')}.`)
  }
  return text
}

const asSwitch = (name: string, value: unknown): boolean => {
  if (value === undefined || value === false || value === 'false' || value === '0' || value === '') return false
  if (value === true || value === 'true' || value === '1') return true
  throw new UserError(`--${name} is a switch; "${String(value)}" is neither true nor false.`)
}

/** A whole number within bounds, or a `UserError` naming the option. */
export const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new UserError(`--${name} is "${text}"; it must be a whole number from ${least} to ${most}.`)
  }
  return number
}

/** What `longshore help NAME` prints. */
export const usage = (definition: Command): string => {
  const rows = Object.entries(definition.options).map(([name, option]) => {
    const flag = option.type === 'boolean' ? `--${name}` : `--${name} ${option.valueName ?? 'VALUE'}`
    const fallback = option.default === undefined ? '' : ` (default: ${option.default})`
    return [flag, `${option.description}${fallback}`] as const
  })
  const parts = [`longshore ${definition.name}: ${definition.summary}`]
  if (definition.details !== undefined) parts.push(definition.details)
  if (rows.length > 0) {
    parts.push(
      `Options, each also as a variable (--data-dir is LONGSHORE_DATA_DIR) or in the JSON file that LONGSHORE_CONFIG names:\n${columns(rows)}`,
    )
  }
  return `${parts.join('\n\n')}\n`
}

/** Two aligned columns, indented. */
export const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
