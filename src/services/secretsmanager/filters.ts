/** Filters of ListSecrets and BatchGetSecretValue: all of them have to match, by one of their values each. */
import type { Filter, FilterNameStringType } from '@aws-sdk/client-secrets-manager'
import { SECRET_FILTER_VALUE_LENGTH, SECRET_FILTER_VALUES, SECRET_FILTERS } from '../../model/limits.ts'
import type { SecretRecord } from '../../model/secret-records.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

type Matches = (secret: SecretRecord, value: string) => boolean

const beginsWith = (text: string, value: string): boolean => text.startsWith(value)

/** No secret is a replica, or made by another service. */
const never: Matches = () => false

const MATCHES: Readonly<Record<FilterNameStringType, Matches>> = {
  name: ({ name }, value) => beginsWith(name, value),
  description: ({ description = '' }, value) => beginsWith(description.toLowerCase(), value.toLowerCase()),
  'tag-key': ({ tags }, value) => tags.some(({ key }) => beginsWith(key, value)),
  'tag-value': ({ tags }, value) => tags.some((tag) => beginsWith(tag.value, value)),
  'primary-region': never,
  'owning-service': never,
  all: (secret, value) => wordsOf(value).every((word) => textsOf(secret).some((text) => text.includes(word))),
}

const wordsOf = (value: string): readonly string[] => value.toLowerCase().split(/\s+/)

const textsOf = ({ name, description = '', tags }: SecretRecord): readonly string[] =>
  [name, description, ...tags.flatMap(({ key, value }) => [key, value])].map((text) => text.toLowerCase())

const VALUE = /^!?[a-zA-Z0-9 :_@/+=.!-]*$/

/** Whether a secret passes all filters. Throws what is wrong with them. */
export const secretFilter = (filters: readonly Filter[] = []): ((secret: SecretRecord) => boolean) => {
  checkConstraints({ filters }, { filters: { max: SECRET_FILTERS } })
  const tests = filters.map(({ Key: key, Values: values }) => {
    checkConstraints({ key, values }, { key: { oneOf: Object.keys(MATCHES) }, values: SECRET_FILTER_VALUES })
    if (key === undefined || values === undefined) throw invalidParameter('A filter needs a Key and Values.')
    for (const value of values)
      checkConstraints({ values: value }, { values: { max: SECRET_FILTER_VALUE_LENGTH, pattern: VALUE } })
    return (secret: SecretRecord) => values.some((value) => matchesValue(MATCHES[key], secret, value))
  })
  return (secret) => tests.every((test) => test(secret))
}

/** AWS: an exclamation mark in front turns a value round. */
const matchesValue = (matches: Matches, secret: SecretRecord, value: string): boolean =>
  value.startsWith('!') ? !matches(secret, value.slice(1)) : matches(secret, value)
