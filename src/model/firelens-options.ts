/**
 * What may stand in the options of a log router. They become lines of its configuration file, so each has to be one line that says what it
 * says and no more: anything that would end the line, the section or the value is refused.
 * Syntax: https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/format-schema
 * and https://docs.fluentd.org/configuration/config-file
 */

export type FirelensType = 'fluentbit' | 'fluentd'

export const FIRELENS_TYPES: readonly FirelensType[] = ['fluentbit', 'fluentd']

/** The log driver of containers whose logs go to the router of their task. */
export const FIRELENS_DRIVER = 'awsfirelens'

/** Options of such a container that are no options of the router's output. */
export const BUFFER_LIMIT_OPTION = 'log-driver-buffer-limit'
export const PATTERN_OPTIONS = { include: 'include-pattern', exclude: 'exclude-pattern' } as const

/** The option that names the output's plugin. */
export const PLUGIN_OPTION: Readonly<Record<FirelensType, string>> = { fluentbit: 'Name', fluentd: '@type' }

/** What Fluent Bit calls a property and Fluentd a parameter. Sections, directives and comments begin otherwise. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/

/** Parameters that every plugin of Fluentd has; `@include` is none of them. */
const FLUENTD_SYSTEM_NAMES: ReadonlySet<string> = new Set(['@type', '@id', '@label', '@log_level'])

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_ON_ONE_LINE = /[\u0000-\u0008\u000A-\u001F\u007F\u0085\u2028\u2029]/

/** In Fluentd a comment may begin after any white space. */
const COMMENT = /(^|\s)#/
const DOUBLE_QUOTED = /^"(?:[^"\\]|\\.)*"$/
const SINGLE_QUOTED = /^'(?:[^'\\]|\\.)*'$/

/** Why the option cannot be written into the router's configuration; undefined for one that can. */
export const optionProblem = (type: FirelensType, name: string, value: string): string | undefined =>
  nameProblem(type, name) ?? valueProblem(type, value)

export const nameProblem = (type: FirelensType, name: string): string | undefined => {
  if (NAME.test(name) || (type === 'fluentd' && FLUENTD_SYSTEM_NAMES.has(name))) return undefined
  return 'its name is not that of an option'
}

const valueProblem = (type: FirelensType, value: string): string | undefined => {
  if (NOT_ON_ONE_LINE.test(value)) return 'its value is not one line of text'
  if (value.trim() === '') return 'its value is empty'
  return type === 'fluentd' ? fluentdValueProblem(value.trim()) : undefined
}

/** Fluentd reads on until what was opened is closed, on the lines that follow too. */
const fluentdValueProblem = (value: string): string | undefined => {
  if (value.startsWith('[') || value.startsWith('{'))
    return isJson(value) ? undefined : 'its value begins like JSON and is none'
  const quotes = { '"': DOUBLE_QUOTED, "'": SINGLE_QUOTED }[value.charAt(0)]
  if (quotes !== undefined) return quotes.test(value) ? undefined : 'its value begins with a quote that does not end it'
  return COMMENT.test(value) ? 'its value has a comment in it' : undefined
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Why the pattern cannot be; it stands at the end of its line in either configuration. */
export const patternProblem = (type: FirelensType, pattern: string): string | undefined => {
  if (NOT_ON_ONE_LINE.test(pattern)) return 'its value is not one line of text'
  if (pattern.trim() === '') return 'its value is empty'
  return type === 'fluentd' && COMMENT.test(pattern) ? 'its value has a comment in it' : undefined
}

/** Why the router cannot include this file. AWS's agents write its path as it is given. */
export const includedFileProblem = (type: FirelensType, path: string): string | undefined => {
  if (NOT_ON_ONE_LINE.test(path)) return 'its value is not one line of text'
  if (path.trim() === '') return 'its value is empty'
  const isYaml = /\.ya?ml$/i.test(path)
  return type === 'fluentbit' && isYaml
    ? 'a configuration file of Fluent Bit has to be in its classic format'
    : undefined
}
