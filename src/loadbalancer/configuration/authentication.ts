/**
 * Rules that let only authenticated requests pass. JSON web tokens are validated here: RS256 and ES256, with the keys of the issuer's key set,
 * which the balancer fetches; users are logged in by `oidc.ts`. Whoever cannot be authenticated for want of keys or of support here is refused, never let through.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html
 */
import type {
  JwtValidationActionAdditionalClaim,
  JwtValidationActionConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { createHash } from 'node:crypto'
import { oidcLines } from './oidc.ts'
import { refusal } from './pages.ts'
import { call, exactly, quoteWord, safeExpression } from './quote.ts'
import type { NamedRule } from './rule-plan.ts'
import { type HttpScope, isRule } from './scope.ts'
import type { VerificationKey } from './settings.ts'

const ROUTING_ACTIONS = ['forward', 'redirect', 'fixed-response']
/** Names of claims that a JSON path can say. */
const CLAIM_NAME = /^[A-Za-z0-9_-]+$/

export const authenticationLines = (named: NamedRule, scope: HttpScope): string[] =>
  named.rule.actions
    .filter(({ Type: type = '' }) => !ROUTING_ACTIONS.includes(type))
    .flatMap(({ JwtValidationConfig: jwt, AuthenticateOidcConfig: oidc }) => {
      if (jwt !== undefined) return tokenLines(named, jwt, scope)
      return oidc === undefined ? unknownLines(named, scope) : oidcLines(named, oidc, scope)
    })

const unknownLines = ({ name, rule }: NamedRule, { sink, loadBalancer }: HttpScope): string[] => {
  sink.addProblem(loadBalancer.loadBalancerArn, `${rule.ruleArn} has an action that balancers do not know`)
  return [`${refusal(503, sink)} if ${isRule(name)}`]
}

const tokenLines = (named: NamedRule, config: JwtValidationActionConfig, scope: HttpScope): string[] => {
  const { sink, host, loadBalancer } = scope
  const mine = isRule(named.name)
  const { JwksEndpoint: endpoint = '', Issuer: issuer = '', AdditionalClaims: claims = [] } = config
  const keys = host.jsonWebKeys.get(endpoint) ?? []
  if (keys.length === 0) return [`${refusal(500, sink)} if ${mine}`]
  const unknown = claims.find(({ Name: name = '' }) => !CLAIM_NAME.test(name))
  if (unknown !== undefined) {
    sink.addProblem(
      loadBalancer.loadBalancerArn,
      `${named.rule.ruleArn}: the claim '${unknown.Name}' cannot be validated`,
    )
    return [`${refusal(500, sink)} if ${mine}`]
  }
  const refuse = `${refusal(401, sink)} if ${mine}`
  return [
    `http-request set-var(txn.token) http_auth_bearer if ${mine}`,
    `http-request set-var(txn.algorithm) ${quoteWord(`var(txn.token),${call('jwt_header_query', '$.alg')}`)} if ${mine}`,
    `http-request set-var(txn.key_id) ${quoteWord(`var(txn.token),${call('jwt_header_query', '$.kid')}`)} if ${mine}`,
    `http-request set-var(txn.now) date if ${mine}`,
    ...keys.flatMap((key) =>
      signatureTests(key, scope).map((test) => `http-request set-var(txn.is_signed) bool(true) if ${mine} ${test}`),
    ),
    `${refuse} !{ var(txn.is_signed) -m bool }`,
    `${refuse} !{ ${claim('iss')} -m reg -- ${quoteWord(exactly(issuer))} }`,
    `${refuse} !{ ${time('exp')} gt 0 }`,
    `${refuse} { ${time('nbf')} gt 0 }`,
    `${refuse} { ${time('iat')} gt 0 }`,
    ...claims.flatMap((wanted) => claimTests(wanted).map((test) => `${refuse} !${test}`)),
  ]
}

const ALGORITHMS: Readonly<Record<VerificationKey['type'], string>> = { RSA: 'RS256', EC: 'ES256' }

/** Of which one has to hold. A token or a key that does not say its id may belong to any. */
const signatureTests = ({ keyId, publicKey, type }: VerificationKey, { sink }: HttpScope): string[] => {
  const name = createHash('sha256').update(publicKey).digest('hex')
  const algorithm = ALGORITHMS[type]
  const file = sink.addFile(`keys/${name}.pem`, publicKey)
  const verified = `{ ${quoteWord(`var(txn.token),${call('jwt_verify', algorithm, file)}`)} -m int 1 }`
  const fitting =
    keyId === undefined
      ? ['']
      : ['!{ var(txn.key_id) -m found } ', `{ var(txn.key_id) -m reg -- ${quoteWord(exactly(keyId))} } `]
  return fitting.map((test) => `{ var(txn.algorithm) -m str ${algorithm} } ${test}${verified}`)
}

const claim = (name: string): string => quoteWord(`var(txn.token),${call('jwt_payload_query', `$.${name}`)}`)

/** How many seconds from now a time of the token is. */
const time = (name: string): string =>
  quoteWord(`var(txn.token),${call('jwt_payload_query', `$.${name}`, 'int')},sub(txn.now)`)

/** All of the values have to be there. */
const claimTests = ({ Name: name = '', Format: format, Values: values = [] }: JwtValidationActionAdditionalClaim) =>
  values.map((value) => {
    const [fetch, expression] =
      format === 'string-array'
        ? [WHOLE_PAYLOAD, arrayExpression(name, literally(value))]
        : [claim(name), textExpression(format, literally(value))]
    return `{ ${fetch} -m reg -- ${quoteWord(safeExpression(expression))} }`
  })

const WHOLE_PAYLOAD = 'var(txn.token),word(2,.),ub64dec'

const literally = (text: string): string => exactly(text).slice(1, -1)

const textExpression = (format: string | undefined, value: string): string =>
  format === 'space-separated-values' ? `(?:^| )${value}(?: |$)` : `^${value}$`

const JSON_GRAMMAR = String.raw`(?(DEFINE)(?<s>"(?:[^"\\]|\\.)*+")(?<m>\s*+(?&s)\s*+:(?&v))(?<v>\s*+(?:(?&s)|[^\s"\[\]{},:]++|\[(?:(?&v)(?:,(?&v))*+)?\s*+\]|\{(?:(?&m)(?:,(?&m))*+)?\s*+\})\s*+))`

/** HAProxy's JSON queries give no arrays: the payload is read as JSON, so that nothing inside of another claim is taken for this one. */
const arrayExpression = (name: string, value: string): string =>
  String.raw`${JSON_GRAMMAR}^\s*\{(?:(?&m),)*?\s*"${literally(name)}"\s*:\s*\[(?:(?&v),)*?\s*"${value}"\s*[,\]]`
