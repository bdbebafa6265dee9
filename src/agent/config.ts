/**
 * The agent's configuration: the environment over the `ecs.config` file over the defaults of `config/settings.ts`, read once and
 * frozen. It decides nothing; each part of the agent takes the settings that are its own.
 */
import { closestName } from '../kit/closest-name.ts'
import { CONTAINER_VARIABLES, LATER_SETTINGS } from './config/later-settings.ts'
import { type AgentConfig, type Setting, SETTINGS } from './config/settings.ts'
import { ValueError } from './config/values.ts'

export type { AgentConfig } from './config/settings.ts'

export const DEFAULT_CONFIG_FILE = '/etc/ecs/ecs.config'

export type Variables = Readonly<Record<string, string | undefined>>

/** What cannot be started with: each problem names its variable and value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export interface LoadedConfig {
  readonly config: AgentConfig
  /** The variables of file and environment together, for what is no setting of the agent: credentials, say. */
  readonly variables: Variables
  /** One sentence each, for the log at the start. */
  readonly warnings: readonly string[]
}

/** Reads the configuration. `file` is the text of `ecs.config`, undefined if there is none. Throws `ConfigError`. */
export const loadAgentConfig = (environment: Variables, file?: string): LoadedConfig => {
  const warnings: string[] = []
  const problems: string[] = []
  const variables = { ...readConfigFile(file ?? '', warnings), ...present(environment) }
  const members = Object.entries(SETTINGS as Readonly<Record<string, Setting<unknown>>>).map(([name, setting]) => [
    name,
    readSetting(setting, variables, warnings, problems),
  ])
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  warnings.push(...warningsOfLaterSettings(variables), ...warningsOfUnknownSettings(variables))
  return { config: Object.freeze(Object.fromEntries(members)) as AgentConfig, variables, warnings }
}

/** `NAME=value` lines; `#` begins a comment; a value may stand in quotes. */
const readConfigFile = (text: string, warnings: string[]): Record<string, string> => {
  const variables: Record<string, string> = {}
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const equals = trimmed.indexOf('=')
    if (equals > 0) variables[trimmed.slice(0, equals).trim()] = unquoted(trimmed.slice(equals + 1).trim())
    else warnings.push(`line ${index + 1} of the configuration file is no NAME=value and is ignored`)
  }
  return variables
}

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value

/** An empty variable is one that is not set. */
const present = (variables: Variables): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => !!entry[1]))

const readSetting = (
  setting: Setting<unknown>,
  variables: Variables,
  warnings: string[],
  problems: string[],
): unknown => {
  const variable = [setting.variable, ...setting.aliases].find((name) => variables[name])
  const value = variable && variables[variable]?.trim()
  if (!variable || !value) return setting.fallback
  try {
    return setting.read(value, (message) => warnings.push(`${variable}: ${quoted(variable, value)} ${message}`))
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    problems.push(`${variable}: ${quoted(variable, value)} must be ${error.message}`)
    return setting.fallback
  }
}

/** Registry passwords are not for the log. */
const quoted = (variable: string, value: string): string =>
  variable === SETTINGS.engineAuthData.variable ? 'the value' : JSON.stringify(value)

const warningsOfLaterSettings = (variables: Variables): string[] =>
  Object.entries(LATER_SETTINGS)
    .filter(
      ([variable, harmless]) => variables[variable] && !harmless.includes(variables[variable].trim().toLowerCase()),
    )
    .map(([variable]) => `${variable} is not supported by this version and has no effect`)

const warningsOfUnknownSettings = (variables: Variables): string[] => {
  const settings: readonly Setting<unknown>[] = Object.values(SETTINGS)
  const supported = settings.flatMap(({ variable, aliases }) => [variable, ...aliases])
  const known = new Set([...supported, ...Object.keys(LATER_SETTINGS), ...CONTAINER_VARIABLES])
  return Object.keys(variables)
    .filter((variable) => variable.startsWith('ECS_') && variables[variable] && !known.has(variable))
    .map((variable) => {
      const meant = closestName(variable, known)
      return `${variable} is no setting of the agent${meant === undefined ? '' : `; is ${meant} meant?`}`
    })
}
