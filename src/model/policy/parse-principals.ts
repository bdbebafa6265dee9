/**
 * `Principal` and `NotPrincipal` in a policy document.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { DocumentKind, Effect, PrincipalElement } from './document.ts'
import type { JsonNode, JsonObject } from './json-tree.ts'
import {
  ALLOWED_NOT_PRINCIPAL,
  EMPTY_PRINCIPAL,
  MalformedPolicy,
  NO_PRINCIPAL,
  PRINCIPAL_NOT_OBJECT,
  RESOURCE_SENTENCES,
  TRUSTED_NOT_PRINCIPAL,
  UNWANTED_PRINCIPAL,
} from './malformed-policy.ts'
import { stringsOf } from './parse-values.ts'

export const parsePrincipals = (
  members: JsonObject['members'],
  effect: Effect,
  kind: DocumentKind,
): PrincipalElement | undefined => {
  const [principal, notPrincipal] = [members.get('Principal'), members.get('NotPrincipal')]
  if (kind !== 'resource' && kind !== 'trust') {
    if (principal ?? notPrincipal) throw new MalformedPolicy(UNWANTED_PRINCIPAL)
    return undefined
  }
  if (principal && notPrincipal) throw new MalformedPolicy(RESOURCE_SENTENCES.syntax)
  if (notPrincipal && effect === 'Allow') throw new MalformedPolicy(ALLOWED_NOT_PRINCIPAL)
  if (notPrincipal && kind === 'trust') throw new MalformedPolicy(TRUSTED_NOT_PRINCIPAL)
  const node = principal ?? notPrincipal
  if (node === undefined) throw new MalformedPolicy(NO_PRINCIPAL)
  return { ...principalsIn(node, kind), isNegated: notPrincipal !== undefined }
}

const NOBODY = { isEveryone: false, aws: [], service: [], federated: [], canonicalUser: [] }

const principalsIn = (node: JsonNode, kind: 'resource' | 'trust'): Omit<PrincipalElement, 'isNegated'> => {
  if (node.type === 'scalar' && typeof node.value === 'string') {
    // AWS: a role that anyone may assume has to say `{"AWS": "*"}`.
    if (kind === 'trust') throw new MalformedPolicy(PRINCIPAL_NOT_OBJECT)
    if (node.value !== '*') throw new MalformedPolicy(`Invalid principal in policy: "${node.value}"`)
    return { ...NOBODY, isEveryone: true }
  }
  if (node.type !== 'object') throw new MalformedPolicy(RESOURCE_SENTENCES.syntax)
  if (node.members.size === 0) throw new MalformedPolicy(EMPTY_PRINCIPAL)
  const named = [...node.members].map(([type, names]) => {
    const known = TYPES.get(type)
    if (known === undefined || (known.isOfResourcesOnly && kind === 'trust'))
      throw new MalformedPolicy(`Invalid principal in policy: "${type}"`)
    return [known.member, namesIn(names, type, known.pattern)] as const
  })
  return { ...NOBODY, ...Object.fromEntries(named) }
}

const namesIn = (node: JsonNode, type: string, pattern: RegExp): readonly string[] => {
  const names = stringsOf(node, RESOURCE_SENTENCES)
  if (names.length === 0) throw new MalformedPolicy(EMPTY_PRINCIPAL)
  const wrong = names.find((name) => !pattern.test(name))
  if (wrong !== undefined) throw new MalformedPolicy(`Invalid principal in policy: "${type.toUpperCase()}":"${wrong}"`)
  return names
}

interface PrincipalType {
  readonly member: Exclude<keyof PrincipalElement, 'isNegated' | 'isEveryone'>
  readonly pattern: RegExp
  readonly isOfResourcesOnly?: true
}

const ENTITY = String.raw`[\w+=,.@/-]+`
const ACCOUNT = String.raw`\d{12}`
/** Of a user or role: what a policy names is left as its id once it is deleted. */
const UNIQUE_ID = 'A(?:IDA|ROA)[A-Z0-9]{16,124}'

/** AWS: an ARN names one principal; it cannot have wildcards. */
const TYPES: ReadonlyMap<string, PrincipalType> = new Map<string, PrincipalType>([
  [
    'AWS',
    {
      member: 'aws',
      pattern: new RegExp(
        `^(?:\\*|${ACCOUNT}|${UNIQUE_ID}|arn:aws[\\w-]*:(?:iam::${ACCOUNT}:(?:root|(?:user|role)/${ENTITY})|sts::${ACCOUNT}:(?:assumed-role|federated-user)/${ENTITY}))$`,
      ),
    },
  ],
  ['Service', { member: 'service', pattern: /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/ }],
  [
    'Federated',
    {
      member: 'federated',
      pattern: new RegExp(
        `^(?:arn:aws[\\w-]*:iam::${ACCOUNT}:(?:oidc|saml)-provider/[\\w.:%/-]+|[a-z0-9-]+(?:\\.[a-z0-9-]+)+)$`,
      ),
    },
  ],
  ['CanonicalUser', { member: 'canonicalUser', pattern: /^[\da-f]{64}$/, isOfResourcesOnly: true }],
])
