/** Metric filters made ready: what a log event counts for, of a metric and of which of its series. */
import { parseFilterPattern } from './filter-pattern/filter-pattern.ts'
import { InvalidFilterPattern } from './filter-pattern/invalid-filter-pattern.ts'
import type { MetricFilterRecord } from './log-filter-records.ts'

export interface MetricSample {
  readonly value: number
  /** Sorted by name. */
  readonly dimensions: readonly { readonly name: string; readonly value: string }[]
}

export interface MetricFilter {
  readonly matches: (message: string) => boolean
  /** Of a message that matches; undefined if it has not what the filter takes from messages. */
  readonly sample: (message: string) => MetricSample | undefined
}

type Definition = Pick<
  MetricFilterRecord,
  'pattern' | 'metricValue' | 'dimensions' | 'systemDimensions' | 'account' | 'region'
>

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

/** Undefined for what is no number. */
const numberIn = (text: string | undefined): number | undefined => {
  const value = text !== undefined && NUMBER.test(text) ? Number(text) : NaN
  return Number.isFinite(value) ? value : undefined
}

/** Throws `InvalidFilterPattern` if the pattern makes no sense, or a value refers to nothing in it. */
export const prepareMetricFilter = (definition: Definition): MetricFilter => {
  const pattern = parseFilterPattern(definition.pattern)
  const valueOf = valueReader(definition.metricValue, (reference) => pattern.extractor(reference))
  const readers = Object.entries(definition.dimensions)
    .map(([name, reference]) => ({ name, read: pattern.extractor(reference) }))
    .concat(definition.systemDimensions.map((name) => ({ name, read: () => systemValue(name, definition) })))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  return {
    matches: pattern.matches,
    sample: (message) => {
      const value = valueOf(message)
      const dimensions = readers.map(({ name, read }) => ({ name, value: dimensionValue(read(message)) }))
      return value === undefined || !dimensions.every(hasValue) ? undefined : { value, dimensions }
    },
  }
}

type Reader = (message: string) => string | undefined

const valueReader = (metricValue: string, readerOf: (reference: string) => Reader) => {
  const constant = numberIn(metricValue)
  if (constant !== undefined) return () => constant
  if (!metricValue.startsWith('$'))
    throw new InvalidFilterPattern(
      `The metric value "${metricValue}" is neither a number nor a reference to a field.`,
      0,
    )
  const read = readerOf(metricValue)
  return (message: string) => numberIn(read(message))
}

const systemValue = (name: string, { account, region }: Definition): string =>
  name === '@aws.account' ? account : region

/** Characters of a dimension's value, as CloudWatch has them. */
const LONGEST_VALUE = 255

/** Values of dimensions are one line of printable characters. */
const dimensionValue = (text: string | undefined): string | undefined => {
  const value = text?.trim().slice(0, LONGEST_VALUE)
  // oxlint-disable-next-line no-control-regex -- those are what is looked for
  return value === undefined || value === '' || /[\u0000-\u001f\u007f]/.test(value) ? undefined : value
}

const hasValue = <T extends { readonly value: string | undefined }>(one: T): one is T & { readonly value: string } =>
  one.value !== undefined
