/** Parameters and versions by what requests call them. A parameter that has expired is not there, even before it is removed. */
import { defined } from '../../kit/assert.ts'
import {
  type ParameterRecord,
  parameterVersionKey,
  type ParameterVersionRecord,
} from '../../model/parameter-records.ts'
import type { SsmContext } from './context.ts'
import { parameterNotFound, versionNotFound } from './faults.ts'
import { type Reference, referenceOf } from './names.ts'

/** One version of a parameter. */
export interface Found {
  readonly parameter: ParameterRecord
  readonly version: ParameterVersionRecord
  readonly selector?: string
}

export const isExpired = ({ expiresAt }: ParameterRecord, now: number): boolean =>
  expiresAt !== undefined && expiresAt <= now

/** By its ARN. Nobody sees those of other accounts and regions. */
export const getParameter = ({ tx, account, region, now }: SsmContext, arn: string): ParameterRecord | undefined => {
  const parameter = tx.parameters.get(arn)
  const isOwn = parameter?.account === account && parameter.region === region
  return parameter !== undefined && isOwn && !isExpired(parameter, now) ? parameter : undefined
}

/** By its name or ARN alone, where a request takes no version. */
export const findParameter = (context: SsmContext, name: string | undefined): ParameterRecord | undefined => {
  const reference = referenceOf(context, name)
  return reference === undefined || reference.selector !== undefined ? undefined : getParameter(context, reference.arn)
}

/** Throws `ParameterNotFound`. */
export const requireParameter = (context: SsmContext, name: string | undefined): ParameterRecord => {
  const parameter = findParameter(context, name)
  if (parameter === undefined) throw parameterNotFound(name ?? '')
  return parameter
}

const NUMBER = /^\d+$/

export const latestOf = (context: SsmContext, parameter: ParameterRecord): ParameterVersionRecord =>
  defined(getVersion(context, parameter), `the latest version of ${parameter.arn}`)

/** By number or label; the latest if neither is given. */
export const getVersion = (
  { tx }: SsmContext,
  { arn, labels, latestVersion }: ParameterRecord,
  selector = String(latestVersion),
): ParameterVersionRecord | undefined => {
  const labelled = labels.find(({ label }) => label === selector)?.version
  const number = NUMBER.test(selector) ? Number(selector) : labelled
  return number === undefined ? undefined : tx.parameterVersions.get(parameterVersionKey(arn, number))
}

/** Throws `ParameterVersionNotFound`. */
export const requireVersion = (
  context: SsmContext,
  parameter: ParameterRecord,
  selector?: string,
): ParameterVersionRecord => {
  const version = getVersion(context, parameter, selector)
  if (version === undefined) throw versionNotFound(parameter.name, selector ?? parameter.latestVersion)
  return version
}

/** The version that a name refers to, if there is one. */
export const findReferenced = (context: SsmContext, name: string | undefined): Found | undefined => {
  const reference = referenceOf(context, name)
  const parameter = reference && getParameter(context, reference.arn)
  const version = parameter && getVersion(context, parameter, reference.selector)
  return version && found(reference, parameter, version)
}

/** The version that a name refers to. Throws `ParameterNotFound` or `ParameterVersionNotFound`. */
export const requireReferenced = (context: SsmContext, name: string | undefined): Found => {
  const reference = referenceOf(context, name)
  const parameter = reference && getParameter(context, reference.arn)
  if (reference === undefined || parameter === undefined) throw parameterNotFound(name ?? '')
  return found(reference, parameter, requireVersion(context, parameter, reference.selector))
}

const found = ({ selector }: Reference, parameter: ParameterRecord, version: ParameterVersionRecord): Found => ({
  parameter,
  version,
  ...(selector !== undefined && { selector }),
})
