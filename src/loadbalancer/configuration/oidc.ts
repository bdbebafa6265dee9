/**
 * Rules that let users pass who are logged in: HAProxy opens the session's cookie by itself, and tells the target who the user is. Whoever has no
 * session that is good goes to the authenticator (`../oidc/`), which passes nothing on: while it is away, nobody is logged in, and those who are
 * go on.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
import type { AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ListenerRoute, LoadBalancerRoute, RoutingTable, RuleRoute } from '../../model/load-balancing/routing.ts'
import { realmOf } from '../oidc/realm.ts'
import { SESSION_PATTERN, shardNames } from '../oidc/session-cookie.ts'
import { refusal } from './pages.ts'
import { call, exactly, quoteWord, safeExpression } from './quote.ts'
import type { NamedRule } from './rule-plan.ts'
import { type HttpScope, isRule } from './scope.ts'
import type { HostSettings } from './settings.ts'
import type { Sink } from './sink.ts'

/** Where providers send users back to, at every listener that has such rules, before its rules are tried. */
export const CALLBACK_PATH = '/oauth2/idpresponse'
/** What the authenticator is told, and tells. */
export const RULE_HEADER = 'x-longshore-rule'
export const LISTENER_HEADER = 'x-longshore-listener'
export const REASON_HEADER = 'x-longshore-reason'

export const AUTHENTICATOR = 'authenticator'
/** In the place of a rule's name, which has dots. */
const CALLBACK = 'callback'
const SLOTS = 4096

export const oidcConfigOf = ({ actions }: Pick<RuleRoute, 'actions'>): AuthenticateOidcActionConfig | undefined =>
  actions.find(({ Type }) => Type === 'authenticate-oidc')?.AuthenticateOidcConfig

const isListenerWithOidc = ({ rules }: ListenerRoute): boolean => rules.some((rule) => oidcConfigOf(rule) !== undefined)

const isLoadBalancerWithOidc = ({ listeners }: LoadBalancerRoute): boolean => listeners.some(isListenerWithOidc)

export const hasOidcRules = ({ loadBalancers }: Pick<RoutingTable, 'loadBalancers'>): boolean =>
  [...loadBalancers.values()].some(isLoadBalancerWithOidc)

/** Everything is opened with keys that are derived of the installation's: without it, anybody could make sessions. */
const isPossible = ({ authenticatorSocket, cookieKey }: HostSettings): boolean =>
  authenticatorSocket !== undefined && cookieKey !== ''

export const addAuthenticator = (table: RoutingTable, host: HostSettings, sink: Sink): void => {
  if (!hasOidcRules(table) || !isPossible(host)) return
  sink.addSection(`backend ${AUTHENTICATOR} from http`, [
    'timeout server 30s',
    'timeout queue 10s',
    'retries 0',
    'http-request disable-l7-retry',
    // As the client asked, whatever a rule made of it.
    'http-request set-pathq %[var(txn.asked_url)]',
    'http-request set-header Host %[var(txn.asked_host)] if { var(txn.asked_host) -m found }',
    `http-request set-header ${LISTENER_HEADER} %[fe_name]`,
    `http-request set-header ${RULE_HEADER} %[var(txn.rule)] if !{ var(txn.rule) -m str ${CALLBACK} }`,
    `http-request del-header ${RULE_HEADER} if { var(txn.rule) -m str ${CALLBACK} }`,
    'http-request del-header Upgrade',
    `http-response set-var(txn.log_reason) res.hdr(${REASON_HEADER})`,
    `http-response del-header ${REASON_HEADER}`,
    `server ${AUTHENTICATOR} ${quoteWord(`unix@${host.authenticatorSocket}`)} maxconn ${SLOTS}`,
  ])
}

/**
 * Before rules are tried. What targets are told of users, no client can tell them: not at any listener of the load balancer, and not in names that
 * web servers take for the same (`X_Amzn_Oidc_Data`).
 */
export const oidcStartLines = ({ loadBalancer, listener, host }: HttpScope): string[] => [
  ...(isLoadBalancerWithOidc(loadBalancer)
    ? ["http-request del-header '(?i)^x[^a-z0-9]amzn[^a-z0-9]oidc[^a-z0-9]' -m reg"]
    : []),
  ...(isListenerWithOidc(listener) && isPossible(host)
    ? [
        'http-request set-var(txn.asked_url) pathq',
        'http-request set-var(txn.asked_host) req.hdr(host)',
        `http-request set-var(txn.rule) str(${CALLBACK}) if { path ${CALLBACK_PATH} }`,
      ]
    : []),
]

const IS_AUTHENTICATED = '{ var(txn.is_authenticated) -m bool }'
const HAS_SESSION = '{ var(txn.user) -m found }'

/** Once it is known which rule takes the request. */
export const oidcLines = (
  { name, rule }: NamedRule,
  config: AuthenticateOidcActionConfig,
  { sink, host, loadBalancer }: HttpScope,
): string[] => {
  const mine = isRule(name)
  if (!isPossible(host)) {
    sink.addProblem(loadBalancer.loadBalancerArn, `${rule.ruleArn} authenticates users, and no authenticator is here`)
    return [`${refusal(503, sink)} if ${mine}`]
  }
  const { sessionKey } = realmOf(host.cookieKey, loadBalancer.loadBalancerArn, config)
  const cookies = shardNames(config.SessionCookieName ?? '')
  return [
    ...openLines(cookies, sessionKey, mine),
    ...HEADERS.map(
      ([header, value]) => `http-request set-header ${header} ${quoteWord(value)} if ${mine} ${IS_AUTHENTICATED}`,
    ),
    ...(config.OnUnauthenticatedRequest === 'deny'
      ? [`${refusal(401, sink)} if ${mine} !${IS_AUTHENTICATED} !${HAS_SESSION}`]
      : []),
  ]
}

const IS_WHOLE = `{ var(txn.session) -m reg -- ${quoteWord(safeExpression(SESSION_PATTERN))} }`
const field = (...place: readonly (number | string)[]): string => `var(txn.user),field(${place.join(',')})`
/** See `../oidc/session-cookie.ts`. */
const [EXPIRES_AT, ENDS_AT, CLAIMS, IDENTITY, ACCESS_TOKEN] = [
  field(1, '|'),
  field(2, '|'),
  field(3, '|'),
  `${field(4, '|')},ub64dec`,
  field(5, '|', 0),
]

const HEADERS = [
  ['X-Amzn-Oidc-Accesstoken', `%[${ACCESS_TOKEN}]`],
  ['X-Amzn-Oidc-Identity', `%[${IDENTITY}]`],
  ['X-Amzn-Oidc-Data', `%[${CLAIMS}]`],
] as const

/** `txn.user`: what the cookies say, while the session has not ended. The target gets the cookies' names alone. */
const openLines = (cookies: readonly string[], key: Buffer, mine: string): string[] => {
  const set = (variable: string, value: string, test = ''): string =>
    `http-request set-var(txn.${variable}) ${quoteWord(value)} if ${mine} ${test}`.trimEnd()
  const [first = '', ...others] = cookies
  const opened = `var(txn.session),word(3,.),ub64dec,aes_gcm_dec(256,txn.session_nonce,${key.toString('base64')},txn.session_tag)`
  return [
    set('session', call('req.cook', first)),
    ...others.flatMap((name, index) => [
      set(`session_${index}`, call('req.cook', name)),
      set('session', `var(txn.session),concat(,txn.session_${index})`, `{ var(txn.session_${index}) -m found }`),
    ]),
    set('session_nonce', 'var(txn.session),word(1,.)', IS_WHOLE),
    set('session_tag', 'var(txn.session),word(2,.)', IS_WHOLE),
    set('user', opened, IS_WHOLE),
    set('now', 'date'),
    `http-request unset-var(txn.user) if ${mine} !{ ${quoteWord(`${ENDS_AT},sub(txn.now)`)} -m int gt 0 }`,
    set('is_authenticated', 'bool(true)', `{ ${quoteWord(`${EXPIRES_AT},sub(txn.now)`)} -m int gt 0 }`),
    ...cookies.map((name) => {
      const value = quoteWord(safeExpression(`^((?:.*; *)?${exactly(name).slice(1, -1)}=)[^;]*(.*)$`))
      return String.raw`http-request replace-header Cookie ${value} '\1\2' if ${mine} ${IS_AUTHENTICATED}`
    }),
  ]
}

/** Before any other choice of a backend. */
export const oidcChoiceLines = (rules: readonly NamedRule[], { host }: HttpScope): string[] => {
  const mine = rules.flatMap(({ name, rule }) => {
    const config = oidcConfigOf(rule)
    return config === undefined ? [] : [{ name, isAllowed: config.OnUnauthenticatedRequest === 'allow' }]
  })
  if (mine.length === 0 || !isPossible(host)) return []
  return [
    `use_backend ${AUTHENTICATOR} if { var(txn.rule) -m str ${CALLBACK} }`,
    ...mine.map(({ name, isAllowed }) =>
      `use_backend ${AUTHENTICATOR} if ${isRule(name)} !${IS_AUTHENTICATED} ${isAllowed ? HAS_SESSION : ''}`.trimEnd(),
    ),
  ]
}
