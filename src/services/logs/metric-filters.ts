/** Metric filters as requests give them and as the API shows them. */
import type { MetricFilter, MetricTransformation, PutMetricFilterRequest } from '@aws-sdk/client-cloudwatch-logs'
import { compact } from '../../kit/compact.ts'
import { InvalidFilterPattern } from '../../model/filter-pattern/invalid-filter-pattern.ts'
import type { MetricFilterRecord } from '../../model/log-filter-records.ts'
import { METRIC_FILTER_DIMENSIONS, METRIC_NAME, METRIC_VALUE } from '../../model/log-limits.ts'
import { prepareMetricFilter } from '../../model/metric-filter.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

const METRIC_TEXT = { ...METRIC_NAME, pattern: /^[^:*$]*$/ }
/** Also of names of dimensions. */
const ONE_LINE = { ...METRIC_NAME, pattern: /^[^\r\n]*$/ }
const SYSTEM_DIMENSIONS = ['@aws.account', '@aws.region']
const SIZES = ['Bytes', 'Bits'].flatMap((size) => [
  size,
  ...['Kilo', 'Mega', 'Giga', 'Tera'].map((prefix) => prefix + size.toLowerCase()),
])
/** Source: StandardUnit. */
const UNITS = SIZES.flatMap((size) => [size, `${size}/Second`]).concat([
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Percent',
  'Count',
  'Count/Second',
  'None',
])

type Transformed = Pick<
  MetricFilterRecord,
  'metricNamespace' | 'metricName' | 'metricValue' | 'defaultValue' | 'unit' | 'dimensions' | 'systemDimensions'
>

/** What a request makes of events. Throws `InvalidParameterException`. */
export const transformedBy = (input: PutMetricFilterRequest): Transformed => {
  const { metricTransformations = [], emitSystemFieldDimensions: systemDimensions = [] } = input
  checkConstraints({ metricTransformations }, { metricTransformations: { min: 1, max: 1 } }, invalidParameter)
  const transformation = metricTransformations[0]!
  checkTexts(transformation)
  const {
    metricNamespace = '',
    metricName = '',
    metricValue = '',
    defaultValue,
    unit,
    dimensions = {},
  } = transformation
  checkDimensions(dimensions, systemDimensions)
  if (defaultValue !== undefined && Object.keys(dimensions).length > 0)
    throw invalidParameter(
      'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
    )
  return { metricNamespace, metricName, metricValue, dimensions, systemDimensions, ...compact({ defaultValue, unit }) }
}

const checkTexts = (transformation: MetricTransformation): void => {
  checkConstraints(
    transformation,
    { metricNamespace: METRIC_TEXT, metricName: METRIC_TEXT, metricValue: METRIC_VALUE, unit: { oneOf: UNITS } },
    invalidParameter,
  )
  if (transformation.metricNamespace?.startsWith('AWS/') === true)
    throw invalidParameter("Invalid metric transformation: namespaces that begin with AWS/ are the services' own.")
}

const checkDimensions = (dimensions: Readonly<Record<string, string>>, systemDimensions: readonly string[]): void => {
  const unknown = systemDimensions.find((name) => !SYSTEM_DIMENSIONS.includes(name))
  if (unknown !== undefined) throw invalidParameter(`${unknown} is not a system field that can be a dimension.`)
  if (Object.keys(dimensions).length + new Set(systemDimensions).size > METRIC_FILTER_DIMENSIONS)
    throw invalidParameter(`A metric filter has ${METRIC_FILTER_DIMENSIONS} dimensions at most.`)
  for (const [key, value] of Object.entries(dimensions))
    checkConstraints({ key, value }, { key: ONE_LINE, value: ONE_LINE }, invalidParameter)
}

/** Throws `InvalidParameterException` if a value refers to nothing that the pattern finds. */
export const checkReferences = (filter: MetricFilterRecord): void => {
  try {
    prepareMetricFilter(filter)
  } catch (error) {
    if (!(error instanceof InvalidFilterPattern)) throw error
    throw invalidParameter(`Invalid metric transformation: ${error.message}`)
  }
}

export const describeMetricFilter = (filter: MetricFilterRecord): MetricFilter => ({
  filterName: filter.name,
  filterPattern: filter.pattern,
  logGroupName: filter.groupName,
  creationTime: filter.createdAt,
  applyOnTransformedLogs: false,
  metricTransformations: [
    {
      metricNamespace: filter.metricNamespace,
      metricName: filter.metricName,
      metricValue: filter.metricValue,
      ...compact({ defaultValue: filter.defaultValue, unit: filter.unit as MetricTransformation['unit'] }),
      ...(Object.keys(filter.dimensions).length > 0 && { dimensions: { ...filter.dimensions } }),
    },
  ],
  ...(filter.systemDimensions.length > 0 && { emitSystemFieldDimensions: [...filter.systemDimensions] }),
})
