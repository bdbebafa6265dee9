/**
 * Field index policies, which name fields that queries often ask for. They are kept and shown; searches here skip what lacks the text that
 * they look for, whatever the field, so that there is nothing to build.
 */
import type { IndexPolicy, IndexType } from '@aws-sdk/client-cloudwatch-logs'
import { LOG_INDEX_FIELD_LENGTH, LOG_INDEX_FIELDS } from '../../model/log-limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { invalidParameter } from './faults.ts'

/** AWS: groups of the class STANDARD have these without a policy. */
export const DEFAULT_INDEXES: readonly string[] = [
  '@logStream',
  '@aws.region',
  '@aws.account',
  '@source.log',
  'traceId',
]

const TYPES: readonly string[] = ['FIELD_INDEX', 'FACET']

/** The fields that a policy names, with the types of their indexes. Throws `InvalidParameterException`. */
export const indexedFields = (policyDocument: string): ReadonlyMap<string, IndexType> => {
  const { Fields = [], FieldsV2 = {}, ...others } = documentOf(policyDocument)
  const isKnown = Array.isArray(Fields) && isObject(FieldsV2) && Object.keys(others).length === 0
  if (!isKnown) throw invalid('It has Fields, a list of names, or FieldsV2, an object, and nothing else.')
  const entries = [...Fields.map((name) => [name, 'FIELD_INDEX']), ...Object.entries(FieldsV2).map(typedField)]
  const fields = new Map(entries as [string, IndexType][])
  for (const [name, type] of fields) checkField(name, type)
  if (fields.size < entries.length) throw invalid('It names a field twice.')
  if (fields.size < 1 || fields.size > LOG_INDEX_FIELDS) throw invalid(`It names 1 to ${LOG_INDEX_FIELDS} fields.`)
  return fields
}

const typedField = ([name, value]: [string, unknown]): [string, unknown] => [
  name,
  isObject(value) ? (value['type'] ?? 'FIELD_INDEX') : undefined,
]

const checkField = (name: unknown, type: string): void => {
  if (typeof name !== 'string' || name === '' || name.length > LOG_INDEX_FIELD_LENGTH)
    throw invalid(`Names of fields have 1 to ${LOG_INDEX_FIELD_LENGTH} characters.`)
  if (!TYPES.includes(type)) throw invalid(`The type of the field ${name} is neither FIELD_INDEX nor FACET.`)
}

const documentOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const document: unknown = JSON.parse(text)
    if (isObject(document)) return document
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw invalid('It is not a JSON object.')
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (reason: string) => invalidParameter(`The specified policyDocument is not valid. ${reason}`)

/** Undefined if the group has none. */
export const describeIndexPolicy = ({ arn, indexPolicy }: LogGroupRecord): IndexPolicy | undefined =>
  indexPolicy && {
    logGroupIdentifier: arn,
    lastUpdateTime: indexPolicy.updatedAt,
    policyDocument: indexPolicy.document,
    source: 'LOG_GROUP',
  }
