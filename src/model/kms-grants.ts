/**
 * Grants as what they amount to: statements of the key's policy. So everything that decides by policies knows them, and what is denied
 * elsewhere stays denied. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
import type { KmsGrantConstraint, KmsGrantRecord } from './kms-records.ts'

/** The policy of a key, and what its grants add to it. */
export const policyWithGrants = (policy: string, grants: readonly KmsGrantRecord[]): string =>
  grants.length === 0 ? policy : extended(policy, (version) => grants.flatMap((grant) => statementsOf(grant, version)))

/** The policy of a key as it decides about retiring one grant: whom the grant names may do so. */
export const retiringPolicy = (
  policy: string,
  { granteePrincipal, retiringPrincipal, operations }: KmsGrantRecord,
): string => {
  const principals = [
    ...(retiringPrincipal === undefined ? [] : [retiringPrincipal]),
    ...(operations.includes('RetireGrant') ? [granteePrincipal] : []),
  ]
  return principals.length === 0 ? policy : extended(policy, () => [allow(principals, ['RetireGrant'])])
}

interface PolicyText {
  readonly Version?: string
  readonly Statement: object | readonly object[]
}

const extended = (policy: string, statements: (version: string | undefined) => readonly object[]): string => {
  const document = JSON.parse(policy) as PolicyText
  return JSON.stringify({ ...document, Statement: [document.Statement, statements(document.Version)].flat() })
}

/** Operations that an encryption context has no part in. */
const UNCONSTRAINED: readonly string[] = ['CreateGrant', 'DescribeKey', 'RetireGrant']

const statementsOf = (grant: KmsGrantRecord, version: string | undefined): readonly object[] => {
  const { granteePrincipal, operations, constraint } = grant
  const constrained = operations.filter((name) => !UNCONSTRAINED.includes(name))
  return [
    ...(operations.includes('DescribeKey') ? [allow([granteePrincipal], ['DescribeKey'])] : []),
    ...(operations.includes('CreateGrant') ? [allow([granteePrincipal], ['CreateGrant'], handedOn(operations))] : []),
    ...(constrained.length === 0
      ? []
      : [allow([granteePrincipal], constrained, constraint && conditionOf(constraint, version))]),
  ]
}

const allow = (principals: readonly string[], operations: readonly string[], condition?: object): object => ({
  Effect: 'Allow',
  Principal: principalsOf(principals),
  Action: operations.map((name) => `kms:${name}`),
  Resource: '*',
  ...(condition && { Condition: condition }),
})

/** Services use keys by grants, too. */
const principalsOf = (names: readonly string[]): object => {
  const [services, others] = [true, false].map((isService) => names.filter((name) => isServiceName(name) === isService))
  return { ...(others?.length && { AWS: others }), ...(services?.length && { Service: services }) }
}

const isServiceName = (name: string): boolean => !name.startsWith('arn:')

/** AWS: who may hand on a grant hands on no more than it has. */
const handedOn = (operations: readonly string[]): object => ({
  'ForAllValues:StringEquals': { 'kms:GrantOperations': operations },
})

const conditionOf = ({ kind, pairs }: KmsGrantConstraint, version: string | undefined): object => {
  const keys = Object.keys(pairs).map((key) => literal(key, version))
  if (keys.length === 0) return { Null: { 'kms:EncryptionContextKeys': 'true' } }
  return {
    StringEquals: Object.fromEntries(
      Object.entries(pairs).map(([key, value]) => [`kms:EncryptionContext:${key}`, literal(value, version)]),
    ),
    ...(kind === 'equals' && { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': keys } }),
  }
}

/** Documents of the newer version know variables, which a constraint has none of. */
const literal = (text: string, version: string | undefined): string =>
  version === '2012-10-17' ? text.replaceAll('${', '${$}{') : text
