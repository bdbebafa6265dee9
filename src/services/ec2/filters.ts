/**
 * Filters of EC2's describes: a row passes if for each filter one of its values matches one of the filter's. Values may have `*` and `?`.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
import type { Filter } from '@aws-sdk/client-ec2'
import { EC2_FILTER_VALUES } from '../../model/ec2-limits.ts'
import { codesOf, globOf, matcherOf } from '../../model/policy/glob.ts'
import type { Glob } from '../../model/policy/glob-codes.ts'
import type { Tag } from '../../model/records.ts'
import type { Ec2Context } from './context.ts'
import { ec2Fault, invalidValue } from './faults.ts'

type FilterValue = string | number | boolean | undefined

/** What a row has for each filter, by the filter's name. */
export type FilterFields<Row> = Readonly<
  Record<string, (row: Row, context: Ec2Context) => FilterValue | readonly FilterValue[]>
>

/** Those of resources with an owner and tags, beside the fields of their kind. */
export const resourceFields: FilterFields<{ readonly account: string; readonly tags: readonly Tag[] }> = {
  'owner-id': ({ account }) => account,
  'tag-key': ({ tags }) => tags.map(({ key }) => key),
  'tag-value': ({ tags }) => tags.map(({ value }) => value),
}

type Passes<Row> = (row: Row) => boolean

/** Throws if a filter is not one of the operation's. */
export const rowFilter = <Row extends object>(
  filters: readonly Filter[] | undefined,
  fields: FilterFields<Row>,
  context: Ec2Context,
): Passes<Row> => {
  const count = (filters ?? []).reduce((sum, { Values = [] }) => sum + Values.length, 0)
  if (count > EC2_FILTER_VALUES)
    throw ec2Fault('FilterLimitExceeded', `The maximum number of filter values is ${EC2_FILTER_VALUES}.`)
  const tests = (filters ?? []).map((filter) => testOf(filter, fields, context))
  return (row) => tests.every((passes) => passes(row))
}

const testOf = <Row extends object>(
  { Name = '', Values = [] }: Filter,
  fields: FilterFields<Row>,
  context: Ec2Context,
): Passes<Row> => {
  const ofName = Object.hasOwn(fields, Name) ? fields[Name] : undefined
  const valuesOf = ofName ?? (Name.startsWith('tag:') ? tagValues<Row>(Name.slice('tag:'.length)) : undefined)
  if (valuesOf === undefined) throw invalidValue(`The filter '${Name}' is invalid`)
  const matchers = Values.map((value) => matcherOf(filterGlob(value)))
  return (row) => {
    const found = valuesOf(row, context)
    const values = Array.isArray(found) ? (found as readonly FilterValue[]) : [found as FilterValue]
    return values.some((value) => value !== undefined && matchers.some((matches) => matches(String(value))))
  }
}

const tagValues =
  <Row extends object>(wanted: string) =>
  (row: Row): readonly string[] =>
    ((row as { readonly tags?: readonly Tag[] }).tags ?? []).flatMap(({ key, value }) =>
      key === wanted ? [value] : [],
    )

/** AWS: a backslash takes the meaning of the character behind it away. */
const filterGlob = (value: string): Glob => {
  const [pattern, literal] = [globOf(value), codesOf(value)]
  const glob: number[] = []
  for (let index = 0; index < value.length; index++) {
    const isEscaped = value[index] === '\\' && index + 1 < value.length
    glob.push(isEscaped ? literal[++index]! : pattern[index]!)
  }
  return glob
}
