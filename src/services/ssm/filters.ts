/** Filters of DescribeParameters and GetParametersByPath. All of them have to match; of one filter's values, any. */
import type { ParametersFilter, ParameterStringFilter } from '@aws-sdk/client-ssm'
import { PARAMETER_FILTER_VALUE_LENGTH, PARAMETER_FILTER_VALUES } from '../../model/limits.ts'
import { checkConstraints, validation } from '../constraints.ts'
import { fault } from './faults.ts'
import type { Found } from './lookups.ts'
import { checkPath } from './names.ts'

export type Matches = (found: Found) => boolean

/** Whether a parameter's value is what a filter's value says. */
type Compare = (actual: string, wanted: string) => boolean

interface Filter {
  /** The first is the one that a filter without option has. */
  readonly options: Readonly<Record<string, Compare>>
  readonly of: (found: Found) => readonly string[]
  /** How a filter's value is written, to be compared. Throws the fault of one that makes no sense. */
  readonly wanted?: (value: string, option: string) => string
  /** Without values, whatever has the property matches. */
  readonly isOptional?: boolean
}

const equals: Compare = (actual, wanted) => actual === wanted
const beginsWith: Compare = (actual, wanted) => actual.startsWith(wanted)
const TEXT = { Equals: equals, BeginsWith: beginsWith }

/** AWS: to filters, names begin with a slash whether or not they were given one. */
const rooted = (name: string): string => (name.startsWith('/') ? name : `/${name}`)

const contains: Compare = (actual, wanted) => actual.includes(wanted)
const isBelow: Compare = (actual, path) => actual.startsWith(path)
const isRightBelow: Compare = (actual, path) => isBelow(actual, path) && !actual.slice(path.length).includes('/')

const oneOf =
  (...allowed: readonly string[]) =>
  (value: string): string => {
    if (allowed.includes(value)) return value
    throw fault(
      'InvalidFilterValue',
      `The following filter value is not valid: ${value}. Valid values include: [${allowed.join(', ')}].`,
    )
  }

const TYPE: Filter = {
  options: TEXT,
  of: ({ version }) => [version.type],
  wanted: oneOf('String', 'StringList', 'SecureString'),
}
const KEY_ID: Filter = { options: TEXT, of: ({ version: { keyId } }) => (keyId === undefined ? [] : [keyId]) }

const describeFilters: Readonly<Record<string, Filter>> = {
  Path: {
    options: { OneLevel: isRightBelow, Recursive: isBelow },
    of: ({ parameter }) => [rooted(parameter.name)],
    wanted: (path) => {
      if (/^\/(aws|ssm)/i.test(path))
        throw validation('Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
      checkPath(path)
      return path.endsWith('/') ? path : `${path}/`
    },
  },
  Name: {
    options: { ...TEXT, Contains: contains },
    of: ({ parameter }) => [rooted(parameter.name)],
    wanted: (name, option) => (option === 'Contains' ? name : rooted(name)),
  },
  Type: TYPE,
  KeyId: KEY_ID,
  Tier: {
    options: TEXT,
    of: ({ version }) => [version.tier],
    wanted: oneOf('Standard', 'Advanced', 'Intelligent-Tiering'),
  },
  DataType: { options: TEXT, of: ({ version }) => [version.dataType] },
}

const pathFilters: Readonly<Record<string, Filter>> = {
  Type: TYPE,
  KeyId: KEY_ID,
  // Which version has the label is looked up by whoever asks.
  Label: { options: { Equals: equals }, of: ({ selector }) => (selector === undefined ? [] : [selector]) },
}

const KEYS = /^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$/
const KEY_LENGTH = 132
const OPTION_LENGTH = 10
const TAG = 'tag:'

const tagFilter = (key: string): Filter => ({
  options: TEXT,
  of: ({ parameter }) => parameter.tags.filter((tag) => tag.key === key).map(({ value }) => value),
  isOptional: true,
})

export const describeMatches = (
  filters: readonly ParameterStringFilter[] = [],
  oldFilters: readonly ParametersFilter[] = [],
): Matches => {
  if (filters.length > 0 && oldFilters.length > 0)
    throw validation('You can use either Filters or ParameterFilters in a single request.')
  return allOf([...filters, ...oldFilters.map(asStringFilter)], (key) =>
    key.startsWith(TAG) ? tagFilter(key.slice(TAG.length)) : describeFilters[key],
  )
}

/** AWS: the older kind of filter matches beginnings of names. */
const asStringFilter = ({ Key: key, Values: values }: ParametersFilter): ParameterStringFilter => ({
  Key: key,
  Values: values,
  ...(key === 'Name' && { Option: 'BeginsWith' }),
})

/** `labels`: the version that has one of these is wanted, rather than the latest. */
export const pathMatches = (
  filters: readonly ParameterStringFilter[],
): { readonly matches: Matches; readonly labels: readonly string[] | undefined } => ({
  matches: allOf(filters, (key) => pathFilters[key]),
  labels: filters.find(({ Key: key }) => key === 'Label')?.Values,
})

const allOf = (filters: readonly ParameterStringFilter[], filterOf: (key: string) => Filter | undefined): Matches => {
  for (const filter of filters) checkMembers(filter)
  checkDistinct(filters.map(({ Key: key = '' }) => key))
  const matches = filters.map((filter) => compiled(filter, filterOf))
  return (found) => matches.every((each) => each(found))
}

const checkMembers = (filter: ParameterStringFilter): void => {
  checkConstraints(filter, {
    Key: { min: 1, max: KEY_LENGTH, pattern: KEYS },
    Option: { min: 1, max: OPTION_LENGTH },
    Values: { max: PARAMETER_FILTER_VALUES },
  })
  for (const value of filter.Values ?? [])
    checkConstraints({ Values: value }, { Values: { min: 1, max: PARAMETER_FILTER_VALUE_LENGTH } })
}

const checkDistinct = (keys: readonly string[]): void => {
  const twice = keys.find((key, position) => keys.indexOf(key) < position)
  if (twice !== undefined)
    throw fault(
      'InvalidFilterKey',
      `The following filter is duplicated in the request: ${twice}. A request can contain only one occurrence of a specific filter.`,
    )
}

const compiled = (
  { Key: key = '', Option: option, Values: values = [] }: ParameterStringFilter,
  filterOf: (key: string) => Filter | undefined,
): Matches => {
  const filter = filterOf(key)
  if (filter === undefined) throw invalidKey(key, filterOf)
  const { options, of, wanted = asItIs, isOptional = false } = filter
  const [usual = ''] = Object.keys(options)
  const compare = options[option ?? usual]
  if (compare === undefined) throw invalidOption(option ?? usual, Object.keys(options))
  if (values.length === 0 && !isOptional)
    throw fault('InvalidFilterValue', `The following filter values are missing : null for filter key ${key}`)
  const all = values.map((value) => wanted(value, option ?? usual))
  return (found) => of(found).some((actual) => all.length === 0 || all.some((value) => compare(actual, value)))
}

const asItIs = (value: string): string => value

const invalidKey = (key: string, filterOf: (key: string) => Filter | undefined) => {
  const valid = Object.keys({ ...describeFilters, ...pathFilters }).filter((known) => filterOf(known) !== undefined)
  return fault(
    'InvalidFilterKey',
    `The following filter key is not valid: ${key}. Valid filter keys include: [${valid.join(', ')}].`,
  )
}

const invalidOption = (option: string, valid: readonly string[]) =>
  fault(
    'InvalidFilterOption',
    `The following filter option is not valid: ${option}. Valid options include: [${valid.join(', ')}].`,
  )
