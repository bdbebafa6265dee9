/**
 * Commands of the command line: options declared once, their values taken from flags over `LONGSHORE_*` variables over a JSON file over
 * defaults, help printed from the same declaration.
 */
import { readFileSync } from 'node:fs'
import { closestName } from './closest-name.ts'
import { util } from './node.ts'

/** The user can mend it: printed as one sentence without a stack, exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly description: string
  /** One letter: `-i` for `--interactive`. */
  readonly short?: string
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
  /** What stands behind the command's name, e.g. `service NAME`, in help; without it nothing may stand there. */
  readonly operands?: string
  /** What may stand behind `--`, for help; what does is for `run` alone. */
  readonly trailing?: string
  /** Resolves with the exit code. */
  readonly run: (values: Values<O>, operands: readonly string[], trailing: readonly string[]) => Promise<number>
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
  const file = readConfigFile(definition, env)
  const entries = Object.entries(definition.options).map(([name, option]) => {
    // A variable that is set to nothing is one that is not set.
    const value = flags.get(name) ?? (env[variableOf(name)] || undefined) ?? file[name] ?? option.default
    return [name, convert(name, option, value)]
  })
  return Object.freeze(Object.fromEntries(entries)) as Values<Options>
}

type Flags = ReadonlyMap<string, string | boolean>

const parse = (definition: Command, argv: readonly string[]) => {
  const options = Object.fromEntries(
    Object.entries(definition.options).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  )
  return util.parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
}

/** A command line in two: up to a `--`, and what stands behind it. */
export const splitTrailing = (argv: readonly string[]): readonly [string[], string[]] => {
  const at = argv.indexOf('--')
  return at < 0 ? [[...argv], []] : [argv.slice(0, at), argv.slice(at + 1)]
}

/** What is no option: for the command to understand. */
export const operandsOf = (definition: Command, argv: readonly string[]): readonly string[] =>
  definition.operands === undefined ? [] : parse(definition, argv).positionals

const parseFlags = (definition: Command, argv: readonly string[]): Flags => {
  const flags = new Map<string, string | boolean>()
  for (const token of parse(definition, argv).tokens) {
    if (token.kind === 'positional' && definition.operands === undefined)
      throw refusal(definition, `"${token.value}" is not expected here`)
    if (token.kind === 'option') flags.set(...readFlag(definition, token))
  }
  return flags
}

interface FlagToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

/** `--port 1`, `--port=1`, `--dev`, `--no-dev`. */
const readFlag = (definition: Command, token: FlagToken): [string, string | boolean] => {
  const { name, rawName, value, inlineValue } = token
  const option = definition.options[name]
  if (option?.type === 'string') {
    if (value === undefined || (value.startsWith('-') && !inlineValue)) {
      throw refusal(definition, `${rawName} needs a value`)
    }
    return [name, value]
  }
  const positive = option === undefined && name.startsWith('no-') ? name.slice('no-'.length) : name
  if (definition.options[positive]?.type !== 'boolean') {
    throw refusal(definition, `There is no option ${rawName}${suggestion(name, definition, '--')}`)
  }
  if (value !== undefined) throw refusal(definition, `${rawName} is a switch and takes no value`)
  return [positive, positive === name]
}

const refusal = ({ name }: Command, sentence: string): UserError =>
  new UserError(`${sentence}. Run 'longshore help ${name}' for its options.`)

const suggestion = (name: string, { options }: Command, prefix = ''): string => {
  const meant = closestName(name, Object.keys(options))
  return meant === undefined ? '' : ` (is ${prefix}${meant} meant?)`
}

/** One file serves all commands: names of other commands' options are left alone, slips of the pen are not. */
const readConfigFile = (definition: Command, env: NodeJS.ProcessEnv): Readonly<Record<string, unknown>> => {
  const file = env['LONGSHORE_CONFIG']
  if (!file) return {}
  const values = parseConfigFile(file)
  for (const name of Object.keys(values)) {
    const hint = name in definition.options ? '' : suggestion(name, definition)
    if (hint !== '') throw new UserError(`The configuration file ${file} sets "${name}"${hint}.`)
  }
  return values
}

const parseConfigFile = (file: string): Readonly<Record<string, unknown>> => {
  let values: unknown
  try {
    values = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UserError(`Cannot read the configuration file ${file}: ${(error as Error).message}.`, { cause: error })
  }
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) return values as Record<string, unknown>
  throw new UserError(`The configuration file ${file} must hold one JSON object, e.g. {"port": 4567}.`)
}

const convert = (name: string, option: Option, value: unknown): string | boolean | undefined => {
  if (option.type === 'boolean') return asSwitch(name, value)
  if (value === undefined) return undefined
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new UserError(`--${name} must be a text or a number.`)
  const text = String(value)
  if (text === '') throw new UserError(`--${name} is empty.`)
  if (option.choices !== undefined && !option.choices.includes(text)) {
    throw new UserError(`--${name} is "${text}"; it can be ${listed(option.choices)}.`)
  }
  return text
}

/** `a, b or c`. */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

const asSwitch = (name: string, value: unknown): boolean => {
  if (value === undefined || value === false || value === 'false' || value === '0' || value === '') return false
  if (value === true || value === 'true' || value === '1') return true
  throw new UserError(`--${name} is a switch; ${JSON.stringify(value)} is neither true nor false.`)
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
    const short = option.short === undefined ? '' : `-${option.short}, `
    const flag = option.type === 'boolean' ? `${short}--${name}` : `${short}--${name} ${option.valueName ?? 'VALUE'}`
    const fallback = option.default === undefined ? '' : ` (default: ${option.default})`
    return [flag, `${option.description}${fallback}`] as const
  })
  const parts = [`longshore ${definition.name}: ${definition.summary}`]
  if (definition.operands !== undefined) {
    const trailing = definition.trailing === undefined ? '' : ` [-- ${definition.trailing}]`
    parts.push(`Usage: longshore ${definition.name} ${definition.operands} [options]${trailing}`)
  }
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
