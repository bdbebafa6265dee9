/**
 * The condition keys that every call has, whatever it asks for. A key's value is worked out when a policy first asks for it: most ask for
 * none. Keys of the request and of the resource, tags among them, come with what the call needs.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { isoText } from '../../kit/timestamps.ts'
import { resourceId } from '../arn.ts'
import type { Session } from '../principal.ts'
import type { Tag } from '../records.ts'
import { isFederated, isPrincipal, isRootArn, isService } from './principals.ts'
import type { ContextSource, Requester } from './types.ts'

/** What is known of a call. Times are milliseconds since the epoch. */
export interface CallFacts {
  readonly principal: Requester
  readonly now: number
  readonly region: string
  readonly sourceIp: string
  readonly userAgent: string
  readonly isSecureTransport: boolean
  /** Tags of the user or the role; those of the session are known from the principal, and go before. */
  readonly principalTags: readonly Tag[]
}

export const globalContext = (facts: CallFacts): ContextSource => new GlobalContext(facts)

type Values = readonly string[] | undefined

class GlobalContext implements ContextSource {
  readonly #facts: CallFacts
  readonly #known = new Map<string, Values>()

  constructor(facts: CallFacts) {
    this.#facts = facts
  }

  get(key: string): Values {
    if (!this.#known.has(key)) this.#known.set(key, this.#find(key))
    return this.#known.get(key)
  }

  #find(key: string): Values {
    if (key.startsWith(PRINCIPAL_TAG)) return this.#principalTag(key.slice(PRINCIPAL_TAG.length))
    const value = KEYS.get(key)?.(this.#facts)
    return value === undefined ? undefined : [value]
  }

  #principalTag(tagKey: string): Values {
    const { principal, principalTags } = this.#facts
    const ofSession = (isPrincipal(principal) && principal.session?.tags) || []
    const tag = [...ofSession, ...principalTags].find(({ key }) => key.toLowerCase() === tagKey)
    return tag && [tag.value]
  }
}

const PRINCIPAL_TAG = 'aws:principaltag/'

type Fact = (facts: CallFacts) => string | undefined

const sessionOf = ({ principal }: CallFacts): Session | undefined =>
  isPrincipal(principal) ? principal.session : undefined

const isUserArn = (arn: string): boolean => /^arn:[^:]*:iam::\d*:user\//.test(arn)
const isRoleSessionArn = (arn: string): boolean => /^arn:[^:]*:sts::\d*:assumed-role\//.test(arn)

/** AWS: a user's own sessions are the user; `FederatedUser` is whoever was given a session by name. */
const principalType: Fact = ({ principal }) => {
  if (isService(principal)) return 'Service'
  if (isFederated(principal)) return 'FederatedUser'
  if (isRootArn(principal.arn)) return 'Account'
  if (isUserArn(principal.arn)) return 'User'
  return isRoleSessionArn(principal.arn) ? 'AssumedRole' : 'FederatedUser'
}

/** AWS: of a session of a role, the role. */
const principalArn: Fact = ({ principal }) => {
  if (!isPrincipal(principal)) return undefined
  return isRoleSessionArn(principal.arn) ? principal.session?.issuerArn : principal.arn
}

const serviceName: Fact = ({ principal }) => (isService(principal) ? principal.service : undefined)

const username: Fact = ({ principal }) =>
  isPrincipal(principal) && isUserArn(principal.arn) ? resourceId(principal.arn) : undefined

const multiFactorAge: Fact = (facts) => {
  const session = sessionOf(facts)
  return session?.isMfaAuthenticated ? wholeSeconds(facts.now - session.issuedAt) : undefined
}

const issueTime: Fact = (facts) => {
  const session = sessionOf(facts)
  return session && secondText(session.issuedAt)
}

/** AWS: long-lived keys do not have the key at all. */
const isMultiFactorAuthenticated: Fact = (facts) => {
  const session = sessionOf(facts)
  return session && String(session.isMfaAuthenticated ?? false)
}

/** AWS: times are told to the second. */
const secondText = (milliseconds: number): string => isoText(Math.floor(milliseconds / 1000) * 1000)

const wholeSeconds = (milliseconds: number): string => String(Math.floor(milliseconds / 1000))

const KEYS: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ['aws:currenttime', ({ now }) => secondText(now)],
  ['aws:epochtime', ({ now }) => wholeSeconds(now)],
  ['aws:requestedregion', ({ region }) => region],
  ['aws:sourceip', ({ sourceIp }) => sourceIp],
  ['aws:useragent', ({ userAgent }) => userAgent],
  ['aws:securetransport', ({ isSecureTransport }) => String(isSecureTransport)],
  ['aws:principalarn', principalArn],
  ['aws:principalaccount', ({ principal }) => (isPrincipal(principal) ? principal.account : undefined)],
  ['aws:principaltype', principalType],
  ['aws:principalisawsservice', ({ principal }) => String(isService(principal))],
  ['aws:principalservicename', serviceName],
  ['aws:principalservicenameslist', serviceName],
  ['aws:viaawsservice', () => 'false'],
  ['aws:userid', ({ principal }) => (isPrincipal(principal) ? principal.userId : undefined)],
  ['aws:username', username],
  ['aws:tokenissuetime', issueTime],
  ['aws:multifactorauthpresent', isMultiFactorAuthenticated],
  ['aws:multifactorauthage', multiFactorAge],
  ['aws:federatedprovider', (facts) => sessionOf(facts)?.federatedProvider],
  ['aws:sourceidentity', (facts) => sessionOf(facts)?.sourceIdentity],
])
