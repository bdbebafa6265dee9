/** What an attribute may be: the kinds of values that attributes of Elastic Load Balancing have. */

export interface Values {
  readonly allows: (value: string) => boolean
  /** The end of the sentence "The value of … must be". */
  readonly words: string
}

export interface AttributeRule {
  readonly key: string
  /** What it is where nobody set it. */
  readonly defaultValue: string
  readonly values: Values
  /** AWS allows more, but what else it may be has no effect here, and is refused: why. */
  readonly onlyDefault?: string
}

/** What is wrong with an attribute: `configuration` if it may be right elsewhere, `value` otherwise. */
export interface AttributeProblem {
  readonly kind: 'value' | 'configuration'
  readonly message: string
}

export const oneOf = (...allowed: readonly string[]): Values => ({
  allows: (value) => allowed.includes(value),
  words: `one of [${allowed.join(', ')}]`,
})

export const BOOLEAN = oneOf('true', 'false')

const isInteger = (value: string, min: number, max: number): boolean =>
  /^(0|[1-9]\d{0,9})$/.test(value) && Number(value) >= min && Number(value) <= max

/** `others`: words that it may be, too. */
export const integer = (min: number, max: number, ...others: readonly string[]): Values => ({
  allows: (value) => others.includes(value) || isInteger(value, min, max),
  words: `${others.map((other) => `'${other}' or `).join('')}an integer between ${min} and ${max}`,
})

/** Empty is what it is where nobody set it. */
export const text = (pattern: RegExp, words: string): Values => ({
  allows: (value) => value === '' || pattern.test(value),
  words,
})

/** An attribute; `onlyDefault` says why it may not be changed here. */
export const rule = (key: string, defaultValue: string, values: Values, onlyDefault?: string): AttributeRule =>
  onlyDefault === undefined ? { key, defaultValue, values } : { key, defaultValue, values, onlyDefault }

/** All of them, with their defaults where they were not set. */
export const completed = (
  rules: readonly AttributeRule[],
  set: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(rules.map(({ key, defaultValue }) => [key, set[key] ?? defaultValue]))

/** What is wrong with setting one attribute to a value. `owner` is whose attribute it is, e.g. `Load balancer`. */
export const problemWith = (
  owner: string,
  { key, defaultValue, values, onlyDefault }: AttributeRule,
  value: string,
): AttributeProblem | undefined => {
  if (!values.allows(value)) return { kind: 'value', message: `${owner} attribute '${key}' must be ${values.words}` }
  if (onlyDefault === undefined || value === defaultValue) return undefined
  return { kind: 'configuration', message: `${owner} attribute '${key}' can only be '${defaultValue}': ${onlyDefault}` }
}
