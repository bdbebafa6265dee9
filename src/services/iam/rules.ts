/**
 * What a member's value may be, and AWS's words for one that is not. Lengths and ranges are stated by the model; for characters of names
 * and paths IAM has sentences of its own, which come after every length is right.
 */
import { CERTIFICATE_CHAIN_BYTES, SERVER_CERTIFICATE_LENGTH } from '../../model/certificate-limits.ts'
import {
  IAM_NAME_LENGTH,
  IAM_PATH_LENGTH,
  IAM_ROLE_NAME_LENGTH,
  IAM_USER_NAME_LENGTH,
  LARGEST_IAM_PAGE,
  POLICY_DESCRIPTION_LENGTH,
  POLICY_DOCUMENT_LENGTH,
  ROLE_DESCRIPTION_LENGTH,
  ROLE_SESSION_SECONDS,
} from '../../model/limits.ts'
import { validationError } from './faults.ts'

export interface Rule {
  /** Of a text's characters, a list's items, or a number itself. */
  readonly min?: number
  readonly max?: number
  readonly oneOf?: readonly string[]
  readonly pattern?: RegExp
  /** The pattern as AWS writes it. */
  readonly patternText?: string
  /** The end of the sentence that IAM has in place of a pattern. */
  readonly inWords?: string
}

type Value = string | number | readonly unknown[] | undefined

/** Throws ValidationError with everything that is wrong with the members for which there is a rule. Absent ones are right. */
export const check = <Input extends object>(
  input: Input,
  rules: { readonly [Name in keyof Input]?: Rule | undefined },
): void => {
  const given = (Object.entries(rules) as [string, Rule][]).flatMap(([name, rule]) => {
    const value = (input as Readonly<Record<string, Value>>)[name]
    return value === undefined ? [] : [{ member: memberName(name), rule, value }]
  })
  refuse(given.flatMap(({ member, rule, value }) => violations(member, rule, value)))
  for (const { member, rule, value } of given) checkWords(member, rule, value)
}

/** `1 validation error detected: …`, unless there is none. */
export const refuse = (violated: readonly string[]): void => {
  if (violated.length === 0) return
  const errors = violated.length === 1 ? 'error' : 'errors'
  throw validationError(`${violated.length} validation ${errors} detected: ${violated.join('; ')}`)
}

/** What the model says against the value at `member`. */
export const violations = (member: string, rule: Rule, value: NonNullable<Value>): string[] => {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, oneOf, pattern, patternText } = rule
  const measured = typeof value === 'number' ? value : value.length
  const what = typeof value === 'number' ? 'value' : 'length'
  const found = [
    ...(measured < min ? [`have ${what} greater than or equal to ${min}`] : []),
    ...(measured > max ? [`have ${what} less than or equal to ${max}`] : []),
    ...(oneOf?.includes(String(value)) === false ? [`satisfy enum value set: [${oneOf.join(', ')}]`] : []),
    ...(patternText !== undefined && pattern?.test(String(value)) === false
      ? [`satisfy regular expression pattern: ${patternText}`]
      : []),
  ]
  // AWS: numbers and names of sets are repeated to the caller, texts and lists are not.
  const shown = typeof value === 'number' || oneOf !== undefined ? ` '${String(value)}'` : ''
  return found.map(
    (constraint) => `Value${shown} at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  )
}

/** What the model says against the items of the list at `member`. */
export const violationsOfEach = (member: string, rule: Rule, values: readonly string[]): string[] =>
  values.flatMap((value, index) => violations(`${member}.${index + 1}.member`, rule, value))

const checkWords = (member: string, { pattern, inWords }: Rule, value: NonNullable<Value>): void => {
  if (inWords === undefined || pattern?.test(String(value)) !== false) return
  throw validationError(`The specified value for ${member} is invalid. ${inWords}`)
}

/** Members begin with a small letter in AWS's sentences. */
export const memberName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

const NAME = {
  min: 1,
  pattern: /^[\w+=,.@-]+$/,
  inWords: 'It must contain only alphanumeric characters and/or the following: +=,.@_-',
} as const

export const USER_NAME: Rule = { ...NAME, max: IAM_USER_NAME_LENGTH }
/** Of a user that exists: names were longer once. */
export const EXISTING_USER_NAME: Rule = { ...NAME, max: IAM_NAME_LENGTH }
export const ROLE_NAME: Rule = { ...NAME, max: IAM_ROLE_NAME_LENGTH }
/** Of a group, an instance profile or a policy. */
export const ENTITY_NAME: Rule = { ...NAME, max: IAM_NAME_LENGTH }

const PATH_IN_WORDS = 'It must begin and end with / and contain only alphanumeric characters and/or / characters.'

export const PATH: Rule = {
  min: 1,
  max: IAM_PATH_LENGTH,
  pattern: /^(\/|\/[\u0021-\u007e]+\/)$/,
  inWords: PATH_IN_WORDS,
}

export const PATH_PREFIX: Rule = {
  min: 1,
  max: IAM_PATH_LENGTH,
  pattern: /^\/[\u0021-\u007e]*$/,
  inWords: 'It must begin with the / character and contain only alphanumeric characters and/or / characters.',
}

export const ROLE_DESCRIPTION: Rule = {
  max: ROLE_DESCRIPTION_LENGTH,
  pattern: /^[\t\n\r\u0020-\u007E\u00A1-\u00FF]*$/,
  patternText: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`,
}

export const SESSION_SECONDS: Rule = ROLE_SESSION_SECONDS

export const ARN: Rule = { min: 20, max: 2048 }

export const POLICY_DOCUMENT: Rule = {
  min: 1,
  max: POLICY_DOCUMENT_LENGTH,
  pattern: /^[\t\n\r\u0020-\u00FF]+$/,
  patternText: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+`,
}

export const POLICY_PATH: Rule = {
  min: 1,
  max: IAM_PATH_LENGTH,
  pattern: /^(\/[A-Za-z0-9.,+@=_-]+)*\/$/,
  inWords: PATH_IN_WORDS,
}

export const POLICY_DESCRIPTION: Rule = { max: POLICY_DESCRIPTION_LENGTH }

export const VERSION_ID: Rule = {
  pattern: /^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/,
  patternText: String.raw`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`,
}

export const POLICY_SCOPE: Rule = { oneOf: ['All', 'AWS', 'Local'] }
export const POLICY_USAGE: Rule = { oneOf: ['PermissionsPolicy', 'PermissionsBoundary'] }
export const ENTITY_TYPES = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const
export const ENTITY_TYPE: Rule = { oneOf: ENTITY_TYPES }

export const ACCESS_KEY_ID: Rule = {
  min: 16,
  max: 128,
  pattern: /^\w+$/,
  inWords: 'It must contain only alphanumeric characters.',
}

export const ACCESS_KEY_STATUS: Rule = { oneOf: ['Active', 'Inactive'] }

export const MAX_ITEMS: Rule = { min: 1, max: LARGEST_IAM_PAGE }

export const SERVICE_NAME: Rule = {
  min: 1,
  max: 128,
  pattern: /^[\w+=,.@-]+$/,
  patternText: String.raw`[\w+=,.@-]+`,
}
/** Of the name of a service-linked role. */
export const SUFFIX: Rule = { min: 1, max: 64, pattern: /^[\w+=,.@-]+$/, patternText: String.raw`[\w+=,.@-]+` }
export const DELETION_TASK_ID: Rule = { min: 1, max: 1000 }

export const OIDC_URL: Rule = { min: 1, max: 255 }
export const CLIENT_ID: Rule = { min: 1, max: 255 }

/** Of a certificate and of its key. */
export const CERTIFICATE_TEXT: Rule = { min: 1, max: SERVER_CERTIFICATE_LENGTH }
export const CERTIFICATE_CHAIN: Rule = { min: 1, max: CERTIFICATE_CHAIN_BYTES.max }

export const ACCOUNT_ALIAS: Rule = {
  min: 3,
  max: 63,
  pattern: /^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/,
  patternText: '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$',
}
