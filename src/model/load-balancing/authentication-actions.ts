/** Actions that ask who the user is, before the request goes on: an OpenID Connect provider, or a token that the request carries. */
import type {
  AuthenticateOidcActionConfig,
  JwtValidationActionAdditionalClaim,
  JwtValidationActionConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { demand, demandRange } from './invalid-rule.ts'
import {
  ACTION_TEXT_LENGTH,
  AUTHENTICATION_PARAMETERS,
  JWT_CLAIM_VALUES,
  JWT_CLAIMS,
  JWT_TEXT_LENGTH,
  LONGEST_SESSION_SECONDS,
} from './listener-limits.ts'

const VISIBLE = /^[\x20-\x7e]+$/
/** https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** What is stored of such an action: with its defaults, without its secret. */
export const checkedOidc = (config: AuthenticateOidcActionConfig): AuthenticateOidcActionConfig => {
  const { ClientSecret: _secret, UseExistingClientSecret: _use, ...rest } = config
  const stored = {
    ...rest,
    SessionCookieName: config.SessionCookieName ?? 'AWSELBAuthSessionCookie',
    Scope: config.Scope ?? 'openid',
    SessionTimeout: config.SessionTimeout ?? LONGEST_SESSION_SECONDS,
    OnUnauthenticatedRequest: config.OnUnauthenticatedRequest ?? 'authenticate',
  }
  checkText('Issuer', stored.Issuer)
  for (const name of ['Issuer', 'AuthorizationEndpoint', 'TokenEndpoint', 'UserInfoEndpoint'] as const)
    checkUrl(name, stored[name])
  checkText('ClientId', stored.ClientId)
  checkText('Scope', stored.Scope)
  demand(COOKIE_NAME.test(stored.SessionCookieName), `SessionCookieName '${stored.SessionCookieName}' is not valid`)
  demandRange('SessionTimeout', stored.SessionTimeout, 1, LONGEST_SESSION_SECONDS)
  demand(
    ['deny', 'allow', 'authenticate'].includes(stored.OnUnauthenticatedRequest),
    "OnUnauthenticatedRequest must be one of '[deny, allow, authenticate]'",
  )
  checkParameters(stored.AuthenticationRequestExtraParams ?? {})
  return stored
}

const checkParameters = (parameters: Readonly<Record<string, string>>): void => {
  const entries = Object.entries(parameters)
  demand(
    entries.length <= AUTHENTICATION_PARAMETERS,
    `AuthenticationRequestExtraParams can have at most ${AUTHENTICATION_PARAMETERS} entries`,
  )
  for (const text of entries.flat()) checkText('AuthenticationRequestExtraParams', text)
}

/** The client secret that a request gives; undefined if that of the rule stays. */
export const clientSecretOf = ({
  ClientSecret: secret = '',
  UseExistingClientSecret: usesExisting = false,
}: AuthenticateOidcActionConfig): string | undefined => {
  demand(!usesExisting || secret === '', 'You cannot specify both ClientSecret and UseExistingClientSecret')
  if (usesExisting) return undefined
  demand(secret !== '', 'A client secret must be specified')
  demand(secret.length <= ACTION_TEXT_LENGTH, 'The client secret is too long')
  return secret
}

const FORMATS = ['single-string', 'string-array', 'space-separated-values'] as const
const ALWAYS_VALIDATED = ['exp', 'iss', 'nbf', 'iat']

export const checkedJwtValidation = (config: JwtValidationActionConfig): JwtValidationActionConfig => {
  const { JwksEndpoint: endpoint, Issuer: issuer, AdditionalClaims: claims = [] } = config
  checkUrl('JwksEndpoint', endpoint, JWT_TEXT_LENGTH)
  checkText('Issuer', issuer, JWT_TEXT_LENGTH)
  demand(claims.length <= JWT_CLAIMS, `AdditionalClaims can have at most ${JWT_CLAIMS} entries`)
  for (const claim of claims) checkClaim(claim)
  const names = new Set(claims.map(({ Name }) => Name))
  demand(names.size === claims.length, 'A claim can only be specified once')
  return { JwksEndpoint: endpoint, Issuer: issuer, ...(claims.length > 0 && { AdditionalClaims: claims }) }
}

const checkClaim = (claim: JwtValidationActionAdditionalClaim): void => {
  const { Format: format, Name: name = '', Values: values = [] } = claim
  demand(
    FORMATS.some((known) => known === format),
    `The format of a claim must be one of '[${FORMATS.join(', ')}]'`,
  )
  checkText('The name of a claim', name, JWT_TEXT_LENGTH)
  demand(!ALWAYS_VALIDATED.includes(name), `The claim '${name}' is always validated and cannot be specified`)
  demand(
    values.length >= 1 && values.length <= JWT_CLAIM_VALUES,
    `A claim must have between 1 and ${JWT_CLAIM_VALUES} values`,
  )
  demand(format !== 'single-string' || values.length === 1, `The claim '${name}' can only have one value`)
  for (const value of values) {
    checkText('A value of a claim', value, JWT_TEXT_LENGTH)
    demand(format !== 'space-separated-values' || !value.includes(' '), `The value '${value}' cannot have spaces`)
  }
}

const checkText = (name: string, text = '', longest = ACTION_TEXT_LENGTH): void => {
  demand(text !== '', `${name} must be specified`)
  demand(text.length <= longest, `${name} cannot be longer than '${longest}' characters`)
  demand(VISIBLE.test(text), `${name} contains a character that is not valid`)
}

const checkUrl = (name: string, text = '', longest = ACTION_TEXT_LENGTH): void => {
  checkText(name, text, longest)
  const url = URL.parse(text)
  const isRight = url?.protocol === 'https:' && url.username === '' && url.password === '' && !/[\s#"'\\]/.test(text)
  demand(isRight, `${name} '${text}' must be a full URL with the HTTPS protocol`)
}
